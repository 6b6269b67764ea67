// `cluster check` and `service check` as a user runs them, where all is well and where it is not. None of them changes anything.
import assert from "node:assert/strict";
import { serviceYaml } from "../harness/documents.ts";
import { protectWell, tryProtect } from "../harness/protect.ts";
import { until } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { populate } from "../workload/population.ts";
import { placeOf } from "./protected.ts";

const MIB = 1024 * 1024;
/** What the secondary's one DataNode can take. */
export const WEST_BYTES = 256 * MIB;
const FAILED = 1;
const CONFLICT = 6;
/** The agent gives its NameNode 5 s. */
const TOLD_WITHIN_MS = 15_000;

interface Checked {
  readonly ok: boolean;
  readonly lines: readonly {
    readonly about: string;
    readonly level: string;
    readonly text: string;
    readonly code: string | null;
    readonly fix: string | null;
  }[];
  readonly figures: Readonly<Record<string, unknown>>;
}

interface CheckedServices {
  readonly blocked: boolean;
  readonly services: readonly {
    readonly findings: readonly { readonly level: string; readonly code: string; readonly text: string }[];
    readonly estimate: Estimate | null;
  }[];
}

interface Estimate {
  readonly sets: readonly { readonly set: string; readonly files: number; readonly bytes: number }[];
  readonly copies: {
    readonly files: number;
    readonly bytes: number;
    readonly neededBytes: number;
    readonly durationMs: number;
  };
  readonly freeBytes: number;
  readonly rate: { readonly from: string; readonly runs: number };
}

/** The answer and how the command ended. */
export async function checkCluster(world: World, name: string): Promise<{ code: number; checked: Checked }> {
  const answer = await world.cli(["cluster", "check", name, "-o", "json"]);
  return { code: answer.code, checked: answer.json<Checked>() };
}

async function checkService(
  world: World,
  words: readonly string[],
): Promise<{ code: number; said: CheckedServices }> {
  const answer = await world.cli(["service", "check", ...words, "-o", "json"]);
  return { code: answer.code, said: answer.json<CheckedServices>() };
}

export async function well(world: World): Promise<void> {
  for (const name of ["east", "west"]) {
    const { code, checked } = await checkCluster(world, name);
    assert.equal(code, 0, JSON.stringify(checked, null, 2));
    assert.deepEqual(
      [...new Set(checked.lines.map(({ about }) => about))],
      ["agent", "reach", "identity", "versions", "rights", "space", "clock"],
    );
    assert.equal(checked.figures["hadoop"], "3.4.2");
    assert.equal(checked.figures["superuser"], true);
    assert.ok(Number(checked.figures["answeredMs"]) > 0);
  }
  const { stdout } = await world.cli(["cluster", "check", "east"]);
  assert.match(stdout, /^✔ ok {7}reach {5}the NameNode at hdfs:\/\/\S+ answered in \d+ ms$/m);
  const { stderr, code } = await world.cli(["cluster", "check", "nowhere"]);
  assert.match(stderr, /there is no cluster 'nowhere'/);
  assert.equal(code, 4);
}

export async function frozen(world: World): Promise<void> {
  const { east } = world.pair;
  east.freeze();
  try {
    const begun = Date.now();
    const answer = await world.cli(["cluster", "check", "east"]);
    assert.equal(answer.code, FAILED, answer.stdout);
    assert.ok(Date.now() - begun < TOLD_WITHIN_MS, "it was told in time");
    assert.match(
      answer.stdout,
      /✘ failed {3}reach {5}cluster-unreachable: .*no answer within 5000 ms.*\n\s+→ See that the NameNode runs/,
    );
    assert.match(answer.stdout, /\? unknown {2}rights/);
    assert.match(answer.stderr, /east cannot be used as it is: 1 failed/);
  } finally {
    east.thaw();
  }
  await world.settled();
}

export async function away(world: World): Promise<void> {
  await world.east.process.kill();
  await until("the agent's absence", TOLD_WITHIN_MS, async () => {
    const { checked } = await checkCluster(world, "east");
    return checked.lines[0]?.level === "failed" ? true : null;
  });
  const { code, checked } = await checkCluster(world, "east");
  assert.equal(code, FAILED);
  const [agent, ...rest] = checked.lines;
  assert.equal(agent?.code, "agent-away");
  assert.match(agent?.text ?? "", /the agent east is away, last seen \d{4}-/);
  assert.match(agent?.fix ?? "", /Start the agent/);
  assert.deepEqual([...new Set(rest.map(({ level }) => level))], ["unknown"]);
  const story = placeOf("nobody");
  const file = world.file(
    "nobody.yaml",
    serviceYaml({ name: "nobody", dataSets: story.dataSets, target: story.holding }),
  );
  const service = await world.cli(["service", "check", file]);
  assert.equal(service.code, CONFLICT);
  assert.match(service.stderr, /agent-away/);
  await world.east.process.start();
  await world.settled();
}

const FILES = 60;

export async function measured(world: World): Promise<void> {
  const { east, west } = world.pair;
  const story = placeOf("sized");
  await populate(east.as(east.superuser), east.as, story.shop, { files: FILES, seed: 3 });
  const [orders = ""] = story.dataSets;
  const words = { name: "sized", dataSets: story.dataSets, target: story.holding };
  const file = world.file("sized.yaml", serviceYaml(words));
  const { code, said } = await checkService(world, [file]);
  assert.equal(code, 0, JSON.stringify(said, null, 2));
  const [estimate] = said.services.map((one) => one.estimate);
  assert.ok(estimate);
  assert.equal(estimate.copies.files, FILES, "every file is counted");
  const summed = await east.as(east.superuser).call("GET", orders, "GETCONTENTSUMMARY");
  const { length } = summed["ContentSummary"] as { length: number };
  assert.equal(
    estimate.sets.find(({ set }) => set === "orders")?.bytes,
    length,
    "as the cluster itself sums it up",
  );
  assert.deepEqual([estimate.rate.from, estimate.rate.runs], ["assumed", 0]);
  assert.ok(estimate.copies.durationMs > 0 && estimate.freeBytes > 0);
  const { stdout } = await world.cli(["service", "check", file]);
  assert.match(stdout, /· first run {2}60 files, .*assumed\)/);
  await assert.rejects(
    west.as(west.superuser).call("GET", story.holding, "GETFILESTATUS"),
    /FileNotFound/,
    "nothing was made",
  );

  await world.applyService(words);
  await protectWell(world, "sized");
  const after = await checkService(world, ["sized"]);
  assert.equal(after.code, 0);
  const [stored] = after.said.services.map((one) => one.estimate);
  assert.deepEqual(stored?.copies.files, 0, "the point holds all of it");
  const more = await world.cli(["service", "check", "sized"]);
  assert.match(more.stdout, /· next run {2}copies only what has changed/);
}

export async function full(world: World): Promise<void> {
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  const path = "/heavy/data";
  await hdfs.call("PUT", path, "MKDIRS");
  await hdfs.call("PUT", path, "ALLOWSNAPSHOT");
  const part = Buffer.alloc(WEST_BYTES / 4, 7);
  for (const number of [1, 2, 3, 4]) await hdfs.write(`${path}/part-${number}`, part);
  const file = world.file(
    "heavy.yaml",
    serviceYaml({ name: "heavy", dataSets: [path], target: "/backups/heavy" }),
  );
  const answer = await world.cli(["service", "check", file]);
  assert.equal(answer.code, CONFLICT, answer.stdout);
  assert.match(
    answer.stdout,
    /✘ refused {2}west: the copy does not fit: it takes 268435456 bytes \(256 MiB\) on the disks for 256 MiB of content.*west has \d+ bytes \(\d+ MiB\) free/,
  );
  assert.match(answer.stderr, /it would be refused/);
  await hdfs.call("DELETE", "/heavy/data", "DISALLOWSNAPSHOT").catch(() => undefined);
}

export async function strict(world: World): Promise<void> {
  const story = placeOf("strict");
  const { east } = world.pair;
  await populate(east.as(east.superuser), east.as, story.shop, { files: 3, seed: 4 });
  const words = { name: "strict", dataSets: story.dataSets, target: story.holding, window: "1ms" };
  // The reading may be better than half a millisecond for a while: then nothing is to be told.
  await until("an error of the clock beyond half a millisecond", 60_000, async () => {
    const { said } = await checkService(world, [world.file("strict.yaml", serviceYaml(words))]);
    const found = said.services[0]?.findings.find(({ code }) => code === "clock-unproven");
    if (!found) return null;
    assert.equal(found.level, "warns");
    assert.match(
      found.text,
      /the agent's clock error is up to \d+\.\d ms, the tolerance of strict allows 0\.5 ms; with it every moment is refused/,
    );
    return true;
  });
  await world.applyService(words);
  const refused = await until("a moment that is refused", 60_000, async () => {
    const answer = await tryProtect(world, "strict");
    return answer.code === 0 ? null : answer;
  });
  assert.match(refused.stderr, /clock-unproven|the clock's error at \w+ is up to/);
  const { checked, code } = await checkCluster(world, "east");
  if (code === FAILED)
    assert.equal(checked.lines.find(({ level }) => level === "failed")?.code, "clock-unproven");
  assert.equal((await world.cli(["service", "delete", "strict", "--points", "keep", "--yes"])).code, 0);
}
