// A real chronyd as the one clock of the control device and both agents: shown as chronyc shows it, named in every
// point's certificate; an agent whose server is 2 s off is found out, and nothing is taken.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Shifted, startShifted } from "@coeval/platform/testing/ntp-responder";
import { type Chronyd, chronyd, LOCAL_CLOCK } from "@coeval/testbed/chronyd";
import type { Status } from "./harness/answers.ts";
import { protectWell, tryProtect } from "./harness/protect.ts";
import { until } from "./harness/wait.ts";
import { startWorld, type World } from "./harness/world.ts";
import { type Protected, protectedShop } from "./stories/protected.ts";

const SETTLE_LIMIT_MS = 20_000;
/** The agent's server is reached under another address, by which it can be moved. */
const OTHER_ADDRESS = "127.0.0.2";
const OFF_SECONDS = 2;
const WINDOW_MS = 400;
/** What the wall clock may do between chronyc's reading and ours. */
const SLACK_MS = 1;

describe("a real chronyd as the one clock", () => {
  const dir = mkdtempSync(join(tmpdir(), "coeval-clock-"));
  let server: Chronyd;
  let client: Chronyd;
  let moved: Shifted;
  let world: World;
  let story: Protected;
  let source: string;

  before(async () => {
    server = await chronyd({ dir: join(dir, "server"), lines: LOCAL_CLOCK, serves: true });
    await server.start();
    moved = await startShifted(server.port ?? 0, 0, OTHER_ADDRESS);
    client = await chronyd({
      dir: join(dir, "client"),
      lines: [`server 127.0.0.1 port ${server.port} minpoll 0 maxpoll 0 iburst noselect`],
      serves: false,
    });
    await client.start();
    source = `ntp://127.0.0.1:${server.port}`;
    world = await startWorld({ clock: source, eastClock: `ntp://${OTHER_ADDRESS}:${moved.port}` });
    story = await protectedShop(world, { name: "clocked", files: 40, words: { window: `${WINDOW_MS}ms` } });
  });
  after(async () => {
    await world.stop();
    await Promise.all([server.stop(), client.stop(), moved.close()]);
    rmSync(dir, { recursive: true });
  });

  test("all three read it, and what is shown is what chronyc shows, within the bounds", async (t) => {
    const status = await read();
    const row = (await client.ask("sources")).find(([, , address]) => address === "127.0.0.1");
    const theirs = { offsetMs: Number(row?.[8]) * 1000, errorMs: Number(row?.[9]) * 1000 };
    const ours = [status.clock, ...status.clusters.map((one) => one.status.clock)];
    assert.equal(ours.length, 3);
    for (const clock of ours) {
      assert.ok(clock, JSON.stringify(status));
      const figures = `ours ${clock.offsetMs} ± ${clock.errorMs}, chronyc ${theirs.offsetMs} ± ${theirs.errorMs} ms`;
      t.diagnostic(figures);
      assert.ok(
        Math.abs(clock.offsetMs - theirs.offsetMs) <= clock.errorMs + theirs.errorMs + SLACK_MS,
        figures,
      );
      assert.equal(clock.source, source);
      assert.equal(clock.server?.referenceId, (await server.ask("tracking"))[0]?.[0]);
    }
    const east = status.clusters.find(({ name }) => name === "east")?.status.clock;
    assert.equal(east?.server?.address, `${OTHER_ADDRESS}:${moved.port}`);
    assert.ok(east?.apart && Math.abs(east.apart.offsetMs) <= east.apart.errorMs);
    // Everything is on one machine here, so whoever runs the clusters could set the clock.
    assert.ok(status.warnings.some(({ text }) => /lies with the NameNode of west/.test(text)));
  });

  test("a point's certificate names the source and who answered for it; the clusters' own clocks are shown", async (t) => {
    const run = await protectWell(world, story.service);
    assert.equal(run.clock?.source, source);
    const file = join(world.west.dataFolder, "points", story.service, run.id, "certificate.json");
    const { body } = JSON.parse(readFileSync(file, "utf8")) as { body: { clock: Record<string, unknown> } };
    assert.equal(body.clock["source"], source);
    assert.deepEqual(body.clock["server"], {
      address: `${OTHER_ADDRESS}:${moved.port}`,
      referenceId: "7F7F0101",
      stratum: 5,
    });
    const shown = await world.cli(["run", "get", run.id]);
    assert.match(shown.stdout, new RegExp(`CLOCK +${source}: ${OTHER_ADDRESS}:${moved.port}, stratum 5`));
    const { clusters } = await until("both clusters' clocks", SETTLE_LIMIT_MS, async () => {
      const status = await read();
      return status.clusters.every((one) => one.status.clusterClock) ? status : null;
    });
    for (const { name, status } of clusters) {
      const offset = status.clusterClock;
      t.diagnostic(`${name}: ${offset?.offsetMs} ± ${offset?.errorMs} ms`);
      // The NameNodes run on this machine, whose clock the server's is.
      assert.ok(offset && Math.abs(offset.offsetMs) <= offset.errorMs + SLACK_MS);
    }
  });

  test("an agent whose server is 2 s off is found out with the figures, and nothing is taken", async () => {
    const { east } = world.pair;
    const snapshots = async (): Promise<string> =>
      JSON.stringify(
        await east.as(east.superuser).call("GET", `${story.dataSets[0]}/.snapshot`, "LISTSTATUS"),
      );
    const before = await snapshots();
    moved.seconds = OFF_SECONDS;
    const found = await until("clock-off", SETTLE_LIMIT_MS, async () => {
      const status = (await read()).clusters.find(({ name }) => name === "east")?.status;
      return status?.state === "clock-off" ? status : null;
    });
    const apart = found.clock?.apart;
    assert.ok(apart && Math.abs(apart.offsetMs - OFF_SECONDS * 1000) <= apart.errorMs, JSON.stringify(apart));
    const figures = new RegExp(
      `${OTHER_ADDRESS}:${moved.port}, stratum 5.* is (199|200)\\d\\.\\d+ ms ± \\d+\\.\\d+ ms ahead of ours`,
    );
    assert.match(found.cause ?? "", figures);
    const refused = await tryProtect(world, story.service);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, figures);
    assert.match(refused.stderr, new RegExp(`clocked allows ${WINDOW_MS / 2} ms[\\s\\S]*clock-off`));
    assert.equal(await snapshots(), before);
    const shown = await world.cli(["cluster", "get", "east"]);
    assert.match(shown.stdout, /FROM OURS +\+(199|200)\d\.\d+ ms ± /);
    moved.seconds = 0;
    await world.settled();
    await protectWell(world, story.service);
  });

  test("a server that falls silent is said with its cause", async () => {
    await server.stop();
    const [trouble] = await until("the trouble", 60_000, async () => {
      const { troubles } = await read();
      const found = troubles.filter(({ about }) => about === "clock");
      return found.length > 0 ? found : null;
    });
    assert.match(trouble?.text ?? "", /could not be read for 3\d s: .*(ECONNREFUSED|no answer)/);
  });

  const read = (): Promise<Status> => world.ask<Status>(["status"]);
});
