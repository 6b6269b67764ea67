// What is wrong only in the world: missing directories, missing rights, foreign data, an agent that is away, another
// cluster behind the endpoint, a moment in the past, no scope, a second control device. Each is refused with its code,
// its place and a fix, before any snapshot.
import assert from "node:assert/strict";
import { explain, protect, protectWell, tryProtect } from "../harness/protect.ts";
import { productProcess } from "../harness/daemon.ts";
import { serviceYaml } from "../harness/documents.ts";
import { until } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { HdfsRefusal } from "../independent/webhdfs.ts";
import { leftovers } from "../independent/leftovers.ts";
import type { Protected } from "./protected.ts";

type State = (world: World, story: Protected) => Promise<void>;

/** What is wrong → how it is brought about, and what must be said. */
export const badStates: Readonly<Record<string, State>> = {
  "a data set that does not exist": async (world) => {
    await notApplied(world, "absent", { dataSets: ["/shops/absent"] }, "set-missing", ["/shops/absent"]);
  },
  "a data set that is a file": async (world, story) => {
    const file = `${story.dataSets[0]}/odd/a b`;
    const words = { dataSets: [file], name: "a-file" };
    await notApplied(world, "a-file", words, null, [file]);
  },
  "a data set that allows no snapshots": async (world) => {
    const { east } = world.pair;
    await east.as(east.superuser).call("PUT", "/unsnapped/data", "MKDIRS");
    const command = "hdfs dfsadmin -allowSnapshot /unsnapped/data";
    await notApplied(world, "unsnapped", { dataSets: ["/unsnapped/data"] }, "not-snapshottable", [command]);
  },
  "a moment in the past": async (world, story) => {
    const past = new Date(Date.now() - 60_000).toISOString();
    const answer = await tryProtect(world, story.service, past);
    assert.equal(answer.code, 2, answer.stderr);
    assert.match(answer.stderr, /moment-past/);
  },
  "a moment too near to arm": async (world, story) => {
    const answer = await tryProtect(world, story.service, "+1ms");
    assert.notEqual(answer.code, 0);
    assert.match(answer.stderr, /moment-too-near/);
  },
  "a moment that is none": async (world, story) => {
    for (const at of ["tomorrow", "+5 parsecs", "2026-13-41T00:00:00Z"]) {
      const answer = await tryProtect(world, story.service, at);
      assert.equal(answer.code, 2, answer.stderr);
      assert.ok(answer.stderr.includes(at), answer.stderr);
    }
  },
  "a service that does not exist": async (world) => {
    const answer = await tryProtect(world, "nowhere");
    assert.equal(answer.code, 4, answer.stderr);
    assert.match(answer.stderr, /nowhere[\s\S]*not-found/);
  },
  "a target that holds foreign data": async (world) => {
    const { east, west } = world.pair;
    for (const name of ["/foreign/data"]) {
      await east.as(east.superuser).call("PUT", name, "MKDIRS");
      await east.as(east.superuser).call("PUT", name, "ALLOWSNAPSHOT");
    }
    await west.as(west.superuser).write("/backups/foreign/precious", Buffer.from("precious"));
    const words = { name: "foreign", dataSets: ["/foreign/data"], target: "/backups/foreign" };
    const applied = await world.cli(["service", "apply", "-f", yaml(world, words), "--yes"]);
    if (applied.code === 0) {
      const run = await protect(world, "foreign");
      assert.equal(run.cause?.code, "foreign-data", explain(run));
      assert.ok(explain(run).includes("/backups/foreign/precious"), explain(run));
    } else assert.match(applied.stderr, /foreign-data|not coeval's[\s\S]*precious/);
    const { FileStatus } = await west
      .as(west.superuser)
      .call("GET", "/backups/foreign/precious", "GETFILESTATUS");
    assert.equal((FileStatus as { length: number }).length, 8, "it was not overwritten");
  },
  "a directory outside the caller's scope": async (world, story) => {
    const made = await world.ask<{ value: string }>(
      "token create narrow --role operator --scope east:/elsewhere west:/elsewhere".split(" "),
    );
    const env = {
      COEVAL_TOKEN_FILE: world.file("narrow.token", made.value),
      COEVAL_URL: world.url,
      COEVAL_CA: world.caFile,
    };
    const words = { name: "narrow", dataSets: ["/shops/narrow"], target: "/backups/narrow" };
    const applied = await world.cli(["service", "apply", "-f", yaml(world, words), "--yes"], { env });
    assert.equal(applied.code, 5, applied.stderr);
    assert.match(applied.stderr, /not-allowed/);
    // What lies outside the scope is not even shown to be there.
    const protectIt = await world.cli(["service", "protect", story.service], { env });
    assert.ok([4, 5].includes(protectIt.code), protectIt.stderr);
  },
  "an agent that is away": async (world, story) => {
    await world.east.process.kill();
    const { east, west } = world.pair;
    await until("the agent's absence", 15_000, async () => {
      const { items } = await world.ask<{ items: { cluster: string; state: string }[] }>(["agent", "list"]);
      return items.some(({ cluster, state }) => cluster === "east" && state === "away") ? true : null;
    });
    const before = await leftovers(
      east.as(east.superuser),
      story.dataSets,
      west.as(west.superuser),
      story.holding,
    );
    const answer = await tryProtect(world, story.service);
    assert.equal(answer.code, 6, answer.stderr);
    assert.match(answer.stderr, /agent-away/);
    const after = await leftovers(
      east.as(east.superuser),
      story.dataSets,
      west.as(west.superuser),
      story.holding,
    );
    assert.deepEqual(after, before, "no snapshot was taken");
    await world.east.process.start();
    await world.settled();
  },
  "a second control device on the same folder": async (world) => {
    const second = productProcess("control-2", world.dir, [
      "control",
      "--data",
      world.dataFolder,
      "--listen",
      "127.0.0.1:0",
      "--link",
      "127.0.0.1:0",
    ]);
    await second.start();
    await until("its end", 15_000, () => (second.process === null ? true : null), second.output);
    assert.match(second.output(), /already uses the data folder|folder-in-use/);
    assert.doesNotMatch(second.output(), /is up/);
    await world.ask(["status"]);
  },
  "a live tree that was edited behind its back": async (world, story) => {
    const { west } = world.pair;
    const superuser = west.as(west.superuser);
    const edited = "orders/odd/a b";
    await superuser.write(`${story.holding}/${edited}`, Buffer.from(" and an edit"), { append: true });
    const run = await protect(world, story.service);
    await undo(world, story);
    assert.equal(run.phase, "failed");
    assert.equal(run.cause?.code, "conflict", explain(run));
    assert.ok(explain(run).includes(edited), `the file is named: ${explain(run)}`);
  },
};

/** Moves the live tree's file back to what the point holds, as an operator would. */
async function undo(world: World, story: Protected): Promise<void> {
  const { west } = world.pair;
  const superuser = west.as(west.superuser);
  const path = `${story.holding}/orders/odd/a b`;
  const sealed = `${story.holding}/.snapshot/current/orders/odd/a b`;
  const { FileStatus } = await superuser.call("GET", sealed, "GETFILESTATUS");
  const { length, modificationTime, accessTime } = FileStatus as Record<string, number>;
  await superuser.call("POST", path, "TRUNCATE", { newlength: length ?? 0 });
  // The new length shows at once, but its last block is recovered afterwards; only then can it be opened again.
  await until("the truncation", 30_000, () =>
    superuser.write(path, Buffer.alloc(0), { append: true }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof HdfsRefusal) return null;
        throw error;
      },
    ),
  );
  await superuser.call("PUT", path, "SETTIMES", {
    modificationtime: modificationTime ?? 0,
    accesstime: accessTime ?? 0,
  });
}

/** After every bad input: the same services, the same points, and the next moment is met. */
export async function nothingWasLost(
  world: World,
  story: Protected,
  points: readonly string[],
): Promise<void> {
  const { items } = await world.ask<{ items: { id: string }[] }>(["point", "list", story.service]);
  assert.deepEqual(items.map(({ id }) => id).toReversed(), points, "the points from before");
  const next = await protectWell(world, story.service);
  assert.equal(next.basePoint, points.at(-1), "the next point follows the last one");
}

async function notApplied(
  world: World,
  name: string,
  words: { readonly dataSets: readonly string[] },
  code: string | null,
  names: readonly string[],
): Promise<void> {
  const file = yaml(world, { name, target: `/backups/${name}`, ...words });
  // Findings come with their codes as data, and in words for people.
  const applied = await world.cli(["service", "apply", "-f", file, "--yes", "-o", "json"]);
  const said = `exit ${applied.code}\n${applied.stdout}\n${applied.stderr}`;
  assert.notEqual(applied.code, 0, said);
  if (code !== null) assert.ok(said.includes(code), `code ${code} is not told: ${said}`);
  for (const each of names) assert.ok(applied.stderr.includes(each), `${each} is not named: ${said}`);
  const { items } = await world.ask<{ items: { metadata: { name: string } }[] }>(["service", "list"]);
  assert.ok(!items.some(({ metadata }) => metadata.name === name), "it was not accepted");
}

function yaml(world: World, words: Parameters<typeof serviceYaml>[0]): string {
  return world.file(`${words.name}.yaml`, serviceYaml(words));
}
