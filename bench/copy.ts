// One full copy of a directory from a real cluster to another, coeval beside DistCp, all contestants
// in one run, interleaved. Prints medians with minimum and maximum and the ratio to coeval; writes JSON into bench/results.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { testClusters } from "../e2e/harness/clusters.ts";
import { startWorld } from "../e2e/harness/world.ts";
import { coevalContestant, distcpContestants, shellContestant, type Contestant } from "./contestants.ts";
import { seed, type Load } from "./load.ts";
import { rawContestant } from "./raw/raw-copy.ts";
import { sheet, type Sample } from "./sheet.ts";

const USAGE =
  "usage: npm run bench -- small|large [--files N] [--bytes N] [--repeats N] [--datanodes tuned|default]\n";
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: "string" },
    bytes: { type: "string" },
    repeats: { type: "string", default: "5" },
    datanodes: { type: "string", default: "tuned" },
  },
});
const LOADS: Readonly<Record<string, Load>> = {
  small: { name: "small", files: 10_000, bytes: 4096 },
  large: { name: "large", files: 8, bytes: 512 * 1024 * 1024 },
};
const [name = ""] = positionals;
const chosen = LOADS[name];
if (!chosen || !["tuned", "default"].includes(values.datanodes)) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const load: Load = {
  ...chosen,
  files: Number(values.files ?? chosen.files),
  bytes: Number(values.bytes ?? chosen.bytes),
};
/** A contestant slower than this runs once, on so many files, and its rate is compared. */
const SLOW_FILES_PER_S = 50;
const SLOW_FILES = 500;

// WebHDFS writes go through the DataNode's own client: its first wait for a finished block (400 ms by default) and its number of
// event loops decide; DistCp's client has the same wait, which `distcp tuned` sets by itself.
const dataNodes =
  values.datanodes === "tuned"
    ? { dataNodeLocateDelayMs: 1, jvmFlags: ["-Dio.netty.eventLoopThreads=64"] }
    : { dataNodeLocateDelayMs: 400 };
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const pair = await testClusters({ east: dataNodes, west: dataNodes });
const world = await startWorld({ pair });
const samples: Sample[] = [];
const raw = name === "large" ? rawContestant(load) : null;
try {
  say(`writing ${load.files} files of ${load.bytes} bytes …`);
  await seed(pair.east, load, "/bench/data/all");
  const slowLoad: Load = { ...load, files: Math.min(load.files, SLOW_FILES) };
  if (slowLoad.files < load.files) await seed(pair.east, slowLoad, "/bench/data/part");
  const contestants: Contestant[] = [
    coevalContestant(world),
    ...distcpContestants(pair),
    raw ?? shellContestant(pair),
  ];
  const slow = new Set<string>();
  for (let repeat = 1; repeat <= Number(values.repeats); repeat++) {
    for (const contestant of contestants) {
      if (slow.has(contestant.name) && repeat > 1) continue;
      const part = contestant.perhapsSlow && slowLoad.files < load.files;
      const size = part ? slowLoad : load;
      const measured = await contestant.copy(`/bench/data/${part ? "part" : "all"}`, repeat);
      const sample: Sample = {
        contestant: contestant.name,
        repeat,
        files: size.files,
        bytes: size.files * size.bytes,
        ...measured,
      };
      samples.push(sample);
      if (part && size.files / sample.seconds < SLOW_FILES_PER_S) slow.add(contestant.name);
      say(
        `  ${repeat}: ${contestant.name}: ${sample.seconds.toFixed(2)} s, ${(size.files / sample.seconds).toFixed(1)} files/s`,
      );
    }
  }
} finally {
  raw?.close();
  await world.stop();
  await pair.close();
}
process.stdout.write(sheet(load, values.datanodes, samples));
mkdirSync(new URL("results/", import.meta.url), { recursive: true });
const file = new URL(
  `results/${load.name}-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.json`,
  import.meta.url,
);
writeFileSync(file, `${JSON.stringify({ load, dataNodes: values.datanodes, samples }, null, 2)}\n`);
