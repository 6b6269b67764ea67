import { simulate } from "/work/main/packages/simulator/src/simulate.ts";
import { checkers } from "/work/main/packages/simulator/src/checkers/all.ts";
import { baseline } from "/work/main/packages/simulator/src/scenarios/baseline.ts";
process.on("unhandledRejection", (e) => console.log("UNHANDLED", e));
const drain = () => new Promise<void>((r) => setImmediate(r));
const [a, b] = process.argv.slice(2).map(Number);
const t = process.cpuUsage();
for (let s = a; s <= b; s++) {
const v = await simulate({ seed: s, scenario: baseline, checkers, drain });
if (v.complaints.length) console.log(s, v.complaints, v.log.slice(-8), v.shape);
}
console.log(process.cpuUsage(t));
