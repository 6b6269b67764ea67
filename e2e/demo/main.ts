// `npm run demo`: two real HDFS clusters, a control device, two agents, a service of three directories that is written all
// the time, and a moment of it every 10 s. Ends by itself, or on Ctrl-C; leaves nothing behind.
import { parseArgs } from "node:util";
import { isOver, type Point, type Run, type Status } from "../harness/answers.ts";
import { pause } from "../harness/wait.ts";
import { startWorld, type World } from "../harness/world.ts";
import { pointHolds } from "../stories/point-holds.ts";
import { type Protected, protectedShop } from "../stories/protected.ts";
import { type CausalWriter, startCausalWriter } from "../workload/causal.ts";
import { type Mutators, startMutators } from "../workload/mutators.ts";
import { createScreen } from "./screen.ts";

const { values } = parseArgs({
  options: {
    moments: { type: "string", default: "4" },
    every: { type: "string", default: "10" },
    files: { type: "string", default: "300" },
    keep: { type: "boolean", default: false },
  },
});
const LOOK_MS = 400;
const AHEAD = "+3s";

const screen = createScreen(process.stdout);
const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort());
process.once("SIGTERM", () => stopping.abort());
const startedAt = performance.now();
screen.tell("coeval: two real HDFS clusters are starting (NameNode and DataNode each) …");
const world = await startWorld({ keep: values.keep });
try {
  screen.tell(`clusters, control device and two agents are up after ${elapsed()}`);
  const story = await protectedShop(world, {
    name: "sales",
    files: Number(values.files),
    progress: (line) => screen.tell(`  ${line}`),
  });
  screen.tell(`service sales: ${story.dataSets.join(", ")} on east → ${story.holding} on west`);
  const writers = await startWriters(world, story);
  try {
    await show(world, story, writers);
  } finally {
    await writers.stop();
  }
  if (!stopping.signal.aborted) await prove(world, story);
} finally {
  screen.end();
  screen.tell("stopping everything …");
  await world.stop();
  screen.tell(values.keep ? `kept: ${world.dir}` : "nothing is left behind");
}

interface Writers {
  readonly causal: CausalWriter;
  readonly mutators: Mutators;
  stop(): Promise<void>;
}

async function startWriters(of: World, story: Protected): Promise<Writers> {
  const { east } = of.pair;
  const [orders, items] = story.shop.directories;
  if (!orders || !items) throw new RangeError("a shop has three directories");
  const causal = await startCausalWriter({
    orders: { path: orders.path, hdfs: east.as(orders.owner) },
    items: { path: items.path, hdfs: east.as(items.owner) },
    pauseMs: 100,
  });
  const mutators = await startMutators({ shop: story.shop, as: east.as, seed: 1 });
  return {
    causal,
    mutators,
    async stop() {
      await Promise.allSettled([causal.stop(), mutators.stop()]);
    },
  };
}

async function show(of: World, story: Protected, writers: Writers): Promise<void> {
  const points: string[] = [];
  for (let number = 1; number <= Number(values.moments) && !stopping.signal.aborted; number++) {
    const nextAt = performance.now() + Number(values.every) * 1000;
    const answer = await of.cli(["service", "protect", story.service, "--at", AHEAD, "-o", "json"]);
    if (answer.code !== 0) screen.tell(`✘ ${answer.stderr.trim()}`);
    else {
      const run = await follow(of, story, writers, answer.json<Run>(), points);
      const line = told(number, run);
      points.push(line);
      if (!process.stdout.isTTY) screen.tell(line);
      if (number === 1) screen.tell(`first recovery point sealed after ${elapsed()}`);
    }
    while (performance.now() < nextAt && !stopping.signal.aborted && number < Number(values.moments)) {
      await picture(of, story, writers, null, points);
      await pause(LOOK_MS);
    }
  }
  await picture(of, story, writers, null, points);
}

/** Watches one run to its end. */
async function follow(
  of: World,
  story: Protected,
  writers: Writers,
  begun: Run,
  points: readonly string[],
): Promise<Run> {
  for (let run = begun; ; await pause(LOOK_MS)) {
    run = await of.ask<Run>(["run", "get", run.id]);
    if (isOver(run) || stopping.signal.aborted) return run;
    const left = Date.parse(run.moment) - Date.now();
    const when = left > 0 ? `in ${(left / 1000).toFixed(1)} s` : `${(-left / 1000).toFixed(1)} s ago`;
    await picture(of, story, writers, `${run.phase}: moment ${run.moment} (${when})`, points);
  }
}

async function picture(
  of: World,
  story: Protected,
  writers: Writers,
  now: string | null,
  points: readonly string[],
): Promise<void> {
  if (!process.stdout.isTTY) return;
  const status = await of.ask<Status>(["status"]);
  const { causal, mutators } = writers;
  screen.draw({
    title: "coeval · one service, one moment",
    facts: [
      ["am I safe?", status.safe ? "yes" : `no: ${status.troubles[0]?.text ?? "see coeval status"}`],
      [
        "primary",
        `east  webhdfs://${of.pair.east.nameNodeHttp}  ${story.dataSets.length} data sets below ${story.source}`,
      ],
      [
        "workload",
        `${causal.orders.size} orders, then their items ${causal.items.size}; ${mutators.done} other changes`,
      ],
      ["secondary", `west  webhdfs://${of.pair.west.nameNodeHttp}  ${story.holding}/.snapshot/current`],
    ],
    now,
    points,
  });
}

function told(number: number, run: Run): string {
  if (run.phase !== "done")
    return `✘ moment ${number} ${run.moment}: ${run.cause?.code}: ${run.cause?.message}`;
  const { grade, moved, total } = run;
  const took = (Date.parse(run.endedAt ?? run.startedAt) - Date.parse(run.moment)) / 1000;
  return (
    `✔ moment ${number} ${run.moment}: ${grade?.kind}, spread ${grade?.spreadMs} ms, window ${grade?.windowMs} ms · ` +
    `${total?.files} files, moved ${moved?.files} (${moved?.bytes} B), ${moved?.deletions} deleted · sealed ${took.toFixed(1)} s after`
  );
}

/** The last point is proven by a witness that shares no code with the product, and its certificate without the control device. */
async function prove(of: World, story: Protected): Promise<void> {
  const answer = await of.ask<{ items: Point[] } | Point[]>(["point", "list", story.service]);
  const [point] = Array.isArray(answer) ? answer : answer.items;
  if (!point) throw new Error("no recovery point was made");
  const run = await of.ask<Run>(["run", "get", point.run]);
  const proven = await pointHolds(of, story, run, { writersLive: true });
  screen.end();
  screen.tell(
    `independent walk over both clusters' snapshots: ${proven.entries} entries, ${proven.bytes} bytes, all equal`,
  );
  const folder = `${of.west.dataFolder}/points/${story.service}`;
  const checked = await of.cli(["certificate", "check", folder]);
  screen.tell(`certificates, without the control device: ${checked.stderr.trim()}`);
  screen.tell(`
What to try next
  npm run demo -- --moments 20            longer
  npm run demo -- --keep                  and look at the folder it names
  ./coeval testbed up --dir DIR           two clusters of your own to play with; then README, "Using it"`);
}

function elapsed(): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}
