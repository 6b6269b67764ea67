// Twenty services; one of them loses its rights, and the agent of one cluster stands still for a minute. The services of
// the other cluster keep every moment to the millisecond; every moment that was not taken is in the record with its cause.
import assert from "node:assert/strict";
import { pause } from "../../harness/wait.ts";
import type { World } from "../../harness/world.ts";
import { clusterOf, fleet } from "./fleet.ts";
import { allRecords, judgeMoments, judgePoints, lateness, quantile, quiet, type Record } from "./judge.ts";

export interface UndisturbedOptions {
  readonly services: number;
  readonly files: number;
  readonly minutes: number;
  readonly stoppedMs: number;
  readonly report: (line: string) => void;
}

const EVERY_MS = [20_000, 30_000, 40_000, 60_000, 24_000];
const WRITER_PAUSE_MS = 2000;
const BROKEN = "fleet-04";
const BREAK_AFTER_MS = 45_000;
const MINUTE_MS = 60_000;

export async function undisturbed(world: World, options: UndisturbedOptions): Promise<void> {
  const { report } = options;
  const { services, south, ...made } = await fleet(world, {
    ...options,
    everyMs: EVERY_MS,
    writerPauseMs: WRITER_PAUSE_MS,
    forgiven: new Set([BROKEN]),
  });
  try {
    const endsAt = performance.now() + options.minutes * MINUTE_MS;
    await pause(BREAK_AFTER_MS);
    const superuser = south.cluster.as(south.cluster.superuser);
    const broken = services.find(({ name }) => name === BROKEN);
    for (const path of broken?.dataSets ?? []) {
      await superuser.call("PUT", path, "SETPERMISSION", { permission: "700" });
      await superuser.call("PUT", path, "SETOWNER", { owner: "alice", group: "staff" });
    }
    report(`${BROKEN} belongs to alice now, mode 700`);
    await pause(BREAK_AFTER_MS);
    south.agent.process.freeze();
    const from = Date.now();
    report(`the agent of south stands still (SIGSTOP) for ${options.stoppedMs / 1000} s`);
    await pause(options.stoppedMs);
    south.agent.process.thaw();
    const to = Date.now();
    report("it goes on (SIGCONT)");
    await pause(Math.max(0, endsAt - performance.now()));
    await quiet(world);
    await made.quiet();
    const records = await allRecords(world, services);
    report(`${made.writes()} files were written meanwhile`);
    for (const record of records) report(line(record));
    for (const record of records) judgeMoments(record);
    judgeNeighbours(records);
    judgeBroken(records);
    judgeStopped(records, from, to);
    const { late, window } = lateness(records.filter(({ service }) => service.primary === "east"));
    report(
      `${late.length} snapshots of east began ${quantile(late, 0)}…${quantile(late, 1)} ms after their moment ` +
        `(median ${quantile(late, 0.5)}, p99 ${quantile(late, 0.99)}); windows median ${quantile(window, 0.5)}, ` +
        `p99 ${quantile(window, 0.99)}, at most ${quantile(window, 1)} ms`,
    );
    let points = 0;
    for (const record of records)
      points += await judgePoints(world, clusterOf(world, south.cluster, record.service), record);
    report(`${points} sealed points walked: each equals its manifest, the newest of each the primary`);
  } finally {
    await made.close();
  }
}

function judgeNeighbours(records: readonly Record[]): void {
  for (const { service, moments, runs } of records) {
    if (service.primary !== "east") continue;
    for (const [index, { moment, fate, run, cause }] of moments.entries()) {
      // The policy was applied right before its first instant.
      if (index === 0 && cause?.code === "moment-too-near") continue;
      assert.notEqual(fate, "missed", `${service.name} missed ${moment}: ${cause?.message}`);
      if (fate === "run") {
        const found = runs.get(run ?? "");
        assert.equal(found?.phase, "done", `${service.name}: ${run}: ${found?.cause?.message}`);
      }
    }
  }
}

function judgeBroken(records: readonly Record[]): void {
  const broken = records.find(({ service }) => service.name === BROKEN);
  const failed = [...(broken?.runs.values() ?? [])].filter(({ phase }) => phase === "failed");
  const causes = new Set(failed.map(({ cause }) => cause?.code));
  assert.ok(failed.length > 3, `${BROKEN} has ${failed.length} failed runs`);
  assert.deepEqual([...causes], ["no-right"]);
}

/** What fell into the stopped minute was missed or failed, with a cause; before and after it there are points. */
function judgeStopped(records: readonly Record[], from: number, to: number): void {
  for (const { service, points } of records) {
    if (service.primary !== "south" || service.name === BROKEN) continue;
    assert.ok(
      points.some(({ moment }) => Date.parse(moment) < from),
      `${service.name}: no point before`,
    );
    assert.ok(
      points.some(({ moment }) => Date.parse(moment) > to),
      `${service.name}: no point after`,
    );
  }
}

function line({ service, moments, runs, points }: Record): string {
  const count = (fate: string): number =>
    moments.filter((one) => one.fate === fate).reduce((sum, { more }) => sum + 1 + more, 0);
  const failed = [...runs.values()].filter(({ phase }) => phase === "failed");
  const causes = new Map<string, number>();
  for (const { cause } of [...failed, ...moments.filter(({ fate }) => fate === "missed")])
    causes.set(cause?.code ?? "none", (causes.get(cause?.code ?? "none") ?? 0) + 1);
  const why = [...causes].map(([code, times]) => `${code} ×${times}`).join(", ");
  return (
    `${service.name} ${service.primary} ${service.direction} every ${service.everyMs / 1000} s: ${count("run")} run, ` +
    `${count("missed")} missed, ${count("paused")} paused, ${points.length} points, ${failed.length} failed` +
    (why === "" ? "" : ` (${why})`)
  );
}
