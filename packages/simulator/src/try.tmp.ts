import { simulate } from "/work/main/packages/simulator/src/simulate.ts";
import { baseline } from "/work/main/packages/simulator/src/scenarios/baseline.ts";
process.on("unhandledRejection", (e) => console.log("UNHANDLED", e));
const drain = () => new Promise<void>((r) => setImmediate(r));
for (let s = 1; s <= 40; s++) {
  const v = await simulate({ seed: s, scenario: baseline, checkers: [], drain });
  for (const l of v.log) if (/instruction failed/.test(l)) console.log(s, l);
}
