// `npm run bench -- client`: the bare HDFS client beside hdfs-native (Rust, by its Python package), on one cluster, interleaved:
// small files written and read, one large file written and read. Prints medians with minimum and maximum, and CPU.
// Each turn is a process of its own, so that memory and CPU are that turn's alone.
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { startCluster } from "../../packages/testbed/src/cluster.ts";
import { type Turn, WORKS, type Work, workOf } from "./work.ts";

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: "string", default: "2000" },
    mib: { type: "string", default: "1024" },
    writers: { type: "string", default: "16" },
    repeats: { type: "string", default: "5" },
    datanodes: { type: "string", default: "1" },
  },
});
/** The peer writes 19 small files a second with 8 writers: so many are enough for its rate. */
const PEER_SMALL_WRITES = 300;
const here = new URL(".", import.meta.url).pathname;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const dataNodes = Number(values.datanodes);
const dir = new URL("../../.testbed/bench-client", import.meta.url).pathname;
const cluster = await startCluster({
  name: "bench-client",
  dir,
  options: { dataNodes, replication: dataNodes, jvmFlags: [] },
});
const samples: Turn[] = [];
try {
  const contestants = ["ours", ...((await hasPeer()) ? ["hdfs-native"] : [])];
  if (contestants.length === 1)
    say("hdfs-native is not there (pip install hdfs-native): only ours is measured");
  for (let repeat = 1; repeat <= Number(values.repeats); repeat++) {
    for (const work of WORKS) {
      for (const contestant of contestants) {
        const turn = await run(contestant, work);
        samples.push(turn);
        say(
          `  ${repeat}: ${contestant} ${work}: ${turn.rate.toFixed(1)} ${turn.unit}, CPU ${turn.cpuSeconds.toFixed(2)} s`,
        );
      }
    }
  }
} finally {
  await cluster.stop();
}
const text = sheet();
process.stdout.write(text);
const results = new URL("../results/", import.meta.url).pathname;
mkdirSync(results, { recursive: true });
writeFileSync(`${results}client.json`, `${JSON.stringify({ samples, load: loadavg() }, null, 2)}\n`);

async function hasPeer(): Promise<boolean> {
  return execute("python3", ["-c", "import hdfs_native"]).then(
    () => true,
    () => false,
  );
}

async function run(contestant: string, work: Work): Promise<Turn> {
  const peerWrites = contestant !== "ours" && work === "small-write";
  const files = peerWrites ? PEER_SMALL_WRITES : Number(values.files);
  const args = [cluster.nameNodeRpc, work, contestant, String(files), values.writers, values.mib];
  const [program, script] =
    contestant === "ours" ? [process.execPath, "ours.ts"] : ["python3", "hdfs_native_turn.py"];
  const { seconds, cpuSeconds, peakRssMib } = JSON.parse(
    await execute(program, [`${here}${script}`, ...args]),
  ) as Turn;
  return {
    ...workOf(work, files, Number(values.mib), seconds),
    contestant,
    work,
    seconds,
    cpuSeconds,
    peakRssMib,
  };
}

function execute(program: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, HADOOP_USER_NAME: "hdfs" };
  return new Promise((resolve, reject) => {
    execFile(program, args, { env, timeout: 600_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")}: ${stderr || error.message}`));
    });
  });
}

function sheet(): string {
  const rows = WORKS.flatMap((work) => {
    const own = (contestant: string): Turn[] =>
      samples.filter((turn) => turn.work === work && turn.contestant === contestant);
    const ours = median(own("ours").map(({ rate }) => rate));
    return [...new Set(samples.map(({ contestant }) => contestant))].map((contestant) => {
      const turns = own(contestant);
      const rates = turns.map(({ rate }) => rate);
      const mid = median(rates);
      const ratio = contestant === "ours" ? "" : `, ours is ${(ours / mid).toFixed(2)}×`;
      const cpu = median(turns.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2);
      const rss = Math.max(...turns.map(({ peakRssMib }) => peakRssMib)).toFixed(0);
      const range = `(${Math.min(...rates).toFixed(1)}–${Math.max(...rates).toFixed(1)}, n=${rates.length})`;
      return `  ${work.padEnd(12)} ${contestant.padEnd(12)} ${mid.toFixed(1)} ${turns[0]?.unit} ${range}${ratio}, CPU ${cpu} s, peak ${rss} MiB`;
    });
  });
  return `client: ${values.files} files of 4 KiB by ${values.writers} at once, one file of ${values.mib} MiB, ${dataNodes} DataNode(s)\n${rows.join("\n")}\n`;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
