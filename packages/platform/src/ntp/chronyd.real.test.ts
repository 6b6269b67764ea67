// A real chronyd as the clock source, and another one that measures the same servers: what we say of them must agree.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createMeasuredClock } from "@coeval/core/clock/measured-clock";
import { wallOffset } from "@coeval/core/clock/wall-offset";
import { type Chronyd, chronyd, LOCAL_CLOCK } from "@coeval/testbed/chronyd";
import { createClock } from "../clock.ts";
import { createRandom } from "../random.ts";
import { type Responder, startShifted } from "../testing/ntp-responder.ts";
import { openTimeSource } from "./time-source.ts";

const START_MS_MAX = 15_000;
const EXCHANGES = 8;
const SHIFT_MS = 2000;
/** chronyc prints its sources' offsets in ns, and its error bound leaves out what lies between two of its polls. */
const CHRONY_SLACK_MS = 0.05;

const world = { clock: createClock(), random: createRandom() };
const dir = mkdtempSync(join(tmpdir(), "coeval-chrony-"));
let server: Chronyd;
let shifted: Responder;
let client: Chronyd;

before(async () => {
  server = await chronyd({ dir: join(dir, "server"), lines: LOCAL_CLOCK, serves: true });
  await server.start();
  await until("the server", async () => (await server.ask("tracking"))[0]?.at(-1) === "Normal");
  shifted = await startShifted(server.port ?? 0, SHIFT_MS / 1000, "127.0.0.2");
  const lines = [
    `server 127.0.0.1 port ${server.port} minpoll 0 maxpoll 0 iburst noselect`,
    `server 127.0.0.2 port ${shifted.port} minpoll 0 maxpoll 0 iburst noselect`,
  ];
  client = await chronyd({ dir: join(dir, "client"), lines, serves: false });
  await client.start();
});

after(async () => {
  await Promise.all([client.stop(), server.stop(), shifted.close()]);
  rmSync(dir, { recursive: true });
});

test("our offset to a chronyd is what chronyc shows, within both bounds; 2 s are 2 s", async () => {
  for (const [host, port, shiftMs] of [
    ["127.0.0.1", server.port, 0],
    ["127.0.0.2", shifted.port, SHIFT_MS],
  ] as const) {
    const ours = await measure(`ntp://${host}:${port}`);
    const theirs = await shownByChronyc(host);
    const figures = `${host}: ours ${ours.offsetMs} ± ${ours.errorMs} ms, chronyc ${theirs.offsetMs} ± ${theirs.errorMs} ms`;
    assert.ok(
      Math.abs(ours.offsetMs - theirs.offsetMs) <= ours.errorMs + theirs.errorMs + CHRONY_SLACK_MS,
      figures,
    );
    // The server's time is this machine's own, so the truth is known.
    assert.ok(Math.abs(ours.offsetMs + shiftMs) <= ours.errorMs + CHRONY_SLACK_MS, figures);
    assert.ok(ours.errorMs < 5, figures);
  }
});

test("the server is named as chronyc names it", async () => {
  const [tracking] = await server.ask("tracking");
  const answer = await openTimeSource(world, `ntp://127.0.0.1:${server.port}`).exchange();
  assert.ok(answer.kind === "time");
  assert.deepEqual(
    [answer.server.referenceId, answer.server.stratum],
    [tracking?.[0], Number(tracking?.[2])],
  );
});

test("a chronyd that is synchronised to nothing gives no time", async (t) => {
  const lost = await chronyd({ dir: join(dir, "lost"), lines: ["allow 127.0.0.0/8"], serves: true });
  t.after(() => lost.stop());
  await lost.start();
  await until("the lost server", async () => (await lost.ask("tracking"))[0]?.at(-1) === "Not synchronised");
  await assert.rejects(openTimeSource(world, `ntp://127.0.0.1:${lost.port}`).exchange(), {
    code: "clock-source",
    message: /it is not synchronised/,
  });
});

/** How far this machine's wall clock is ahead of the server. */
async function measure(url: string): Promise<{ readonly offsetMs: number; readonly errorMs: number }> {
  const { clock } = world;
  const source = openTimeSource(world, url);
  const measured = createMeasuredClock(clock);
  for (let i = 0; i < EXCHANGES; i++) {
    const answer = await source.exchange();
    assert.ok(answer.kind === "time");
    assert.ok(measured.exchanged({ ...answer, errorMs: answer.precisionMs }));
  }
  const reading = measured.reading();
  assert.ok(reading);
  return wallOffset(clock, reading);
}

/** `chronyc sources`: the measured offset of the last sample, positive when the machine is ahead, and its error margin, in seconds. */
async function shownByChronyc(
  address: string,
): Promise<{ readonly offsetMs: number; readonly errorMs: number }> {
  let row: string[] | undefined;
  await until(`chronyc's source ${address}`, async () => {
    row = (await client.ask("sources")).find((one) => one[2] === address);
    // The register of the last eight polls, in octal: three answers at least.
    return Number.parseInt(row?.[5] ?? "0", 8) >= 0b111;
  });
  return { offsetMs: Number(row?.[8]) * 1000, errorMs: Number(row?.[9]) * 1000 };
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const cancel = AbortSignal.timeout(START_MS_MAX);
  let last: unknown = null;
  while (!cancel.aborted) {
    try {
      if (await look()) return;
    } catch (thrown) {
      last = thrown;
    }
    await world.clock.sleep(100);
  }
  throw new Error(`${what} did not come within ${START_MS_MAX} ms`, { cause: last });
}
