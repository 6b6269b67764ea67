import { simulate } from "/work/main/packages/simulator/src/simulate.ts";
import { checkers } from "/work/main/packages/simulator/src/checkers/all.ts";
import { baseline } from "/work/main/packages/simulator/src/scenarios/baseline.ts";
process.on("unhandledRejection", (e) => console.log("UNHANDLED", e));
const drain = () => new Promise<void>((r) => setImmediate(r));
const t = performance.now();
for (let s = 1; s <= 40; s++) {
const v = await simulate({ seed: s, scenario: baseline, checkers, drain });
if (v.complaints.length) console.log(s, v.complaints);
}
console.log(performance.now() - t);
