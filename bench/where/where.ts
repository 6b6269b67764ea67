// Where the time of one full copy goes: seconds by step, CPU seconds by process, NameNode calls by kind and file.
// `npm run bench -- where [--files N] [--bytes N] [--profile FOLDER]`.
import { parseArgs } from "node:util";
import { protect } from "../../e2e/harness/protect.ts";
import { testClusters } from "../../e2e/harness/clusters.ts";
import { runLog } from "../../e2e/harness/run-log.ts";
import { startWorld } from "../../e2e/harness/world.ts";
import { seed } from "../load.ts";
import { callsOf, since } from "./calls.ts";
import { cpuOf } from "./cpu.ts";

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: "string", default: "5000" },
    bytes: { type: "string", default: "4096" },
    repeats: { type: "string", default: "2" },
    profile: { type: "string" },
  },
});
const files = Number(values.files);
const pair = await testClusters({ east: { jvmFlags: [] }, west: { jvmFlags: [] } });
// Each agent leaves its profile there when it ends.
const profiled =
  values.profile === undefined ? [] : ["env", `NODE_OPTIONS=--cpu-prof --cpu-prof-dir=${values.profile}`];
const world = await startWorld({
  pair,
  agents: { east: { on: profiled }, west: { on: profiled } },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  await seed(pair.east, { name: "small", files, bytes: Number(values.bytes) }, "/bench/data/all");
  for (let repeat = 1; repeat <= Number(values.repeats); repeat++) {
    const service = `where-${repeat}`;
    await world.applyService({ name: service, dataSets: ["/bench/data/all"], target: `/backups/${service}` });
    const clusters = [pair.east, pair.west];
    const before = await Promise.all(clusters.map(callsOf));
    const cpu = cpuOf();
    const run = await protect(world, service, "+4s");
    if (run.phase !== "done") throw new Error(`${run.cause?.code}: ${run.cause?.message}`);
    const seconds = (Date.parse(run.endedAt ?? "") - Date.parse(run.moment)) / 1000;
    say(`${repeat}: ${files} files in ${seconds.toFixed(2)} s, ${(files / seconds).toFixed(1)} files/s`);
    for (const { at, text } of await runLog(world, run.id)) {
      say(`   ${((Date.parse(at) - Date.parse(run.moment)) / 1000).toFixed(2).padStart(7)} s  ${text}`);
    }
    for (const [name, spent] of since(cpu, cpuOf())) say(`   CPU ${name}: ${spent.toFixed(2)} s`);
    await world.cli(["service", "delete", service, "--points", "keep", "--yes"]);
    for (const [index, cluster] of clusters.entries()) {
      const calls = since(before[index] ?? new Map(), await callsOf(cluster));
      const each = [...calls]
        .filter(([, count]) => count >= files / 100)
        .toSorted((a, b) => b[1] - a[1])
        .map(([name, count]) => `${name} ${(count / files).toFixed(2)}`);
      say(`   ${cluster.name}: calls a file: ${each.join(", ")}`);
    }
  }
} finally {
  await world.stop();
  await pair.close();
}
