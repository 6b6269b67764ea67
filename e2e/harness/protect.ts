// Asks for a moment and waits for its end, as `service protect` and `run get` show it.
import assert from "node:assert/strict";
import { isOver, type Run } from "./answers.ts";
import type { CliAnswer } from "./cli.ts";
import { until } from "./wait.ts";
import { logs, type World } from "./world.ts";

export const RUN_LIMIT_MS = 180_000;

/** Protects at an instant (or `+3s`) and waits until the run is over, however it ends. */
export async function protect(world: World, service: string, at?: string): Promise<Run> {
  const run = await ask(world, service, at);
  return finished(world, run.id);
}

/**
 * Takes a moment that must become a point. On a host that is busy with other things the earliest moment, or the one asked
 * for, may be too near to arm; then a later one is asked for. Everything else that goes wrong fails the test.
 */
export async function protectWell(world: World, service: string): Promise<Run> {
  for (const at of [undefined, ...LATER]) {
    const run = await protect(world, service, at);
    if (run.cause?.code === "moment-too-near" && at !== LATER.at(-1)) continue;
    assert.equal(run.phase, "done", `${explain(run)}\n${logs(world)}`);
    return run;
  }
  throw new RangeError("unreachable: the last moment is judged");
}

const LATER = ["+4s", "+10s", "+25s"] as const;

/** The same with a moment that is named to the millisecond; `asked` is its text. */
export async function protectAt(
  world: World,
  service: string,
  aheadMs: number,
): Promise<{ readonly asked: string; readonly run: Run }> {
  for (let ahead = aheadMs; ; ahead *= 2) {
    const { asked, run: accepted } = await askAhead(world, service, ahead);
    const run = await finished(world, accepted.id);
    if (run.cause?.code === "moment-too-near" && ahead < aheadMs * LATER_FACTOR_MAX) continue;
    assert.equal(run.phase, "done", `${explain(run)}\n${logs(world)}`);
    return { asked, run };
  }
}

/** Asks for a moment and returns as soon as the run is accepted. */
export async function ask(world: World, service: string, at?: string): Promise<Run> {
  return world.ask<Run>(["service", "protect", service, ...(at === undefined ? [] : ["--at", at])]);
}

/**
 * Asks for a moment so far ahead, named as an instant to the millisecond. On a host that stalls the request itself may
 * come too late; then a later instant is asked for.
 */
export async function askAhead(
  world: World,
  service: string,
  aheadMs: number,
): Promise<{ readonly asked: string; readonly run: Run }> {
  for (let ahead = aheadMs; ; ahead *= 2) {
    const asked = new Date(Date.now() + ahead).toISOString();
    const answer = await tryProtect(world, service, asked);
    if (answer.code === 0) return { asked, run: answer.json<Run>() };
    const late = /moment-(past|too-near)/.test(answer.stderr);
    if (!late || ahead > aheadMs * LATER_FACTOR_MAX) {
      throw new Error(`protect ${service} --at ${asked} ended with ${answer.code}:\n${answer.stderr}`);
    }
  }
}

const LATER_FACTOR_MAX = 16;

/** The answer to a protect that is expected to be refused. */
export function tryProtect(world: World, service: string, at?: string): Promise<CliAnswer> {
  return world.cli(["service", "protect", service, ...(at === undefined ? [] : ["--at", at]), "-o", "json"]);
}

/**
 * Waits for the end of a run, as a user does who watches it: a command started again and again to ask would take a core of its own
 * from what is measured. The control device may be down in between.
 */
export async function finished(world: World, id: string, limitMs = RUN_LIMIT_MS): Promise<Run> {
  let last = "nothing was heard of it";
  return until(
    `the end of ${id}`,
    limitMs,
    async () => {
      await world.cli(["run", "watch", id, "--quiet"], { timeoutMs: limitMs });
      const answer = await world.cli(["run", "get", id, "-o", "json"]);
      if (answer.code !== 0) {
        last = answer.stderr;
        return null;
      }
      const run = answer.json<Run>();
      last = `it is in ${run.phase}`;
      return isOver(run) ? run : null;
    },
    () => `${last}\n${logs(world)}`,
  );
}

export function explain(run: Run): string {
  const { cause } = run;
  if (cause === null) return `${run.id} is ${run.phase}`;
  return `${run.id} ${run.phase}: ${cause.code}: ${cause.message}\n${cause.evidence.join("\n")}`;
}
