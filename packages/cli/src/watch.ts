/** Watches a run until it is over. Ctrl-C leaves it running and says how to come back. */
import { type RunEvent, runEvent } from "@coeval/contract/api/event";
import { isBelowAsked } from "@coeval/contract/api/grade";
import { parseInstant } from "@coeval/contract/api/instant";
import { isRunOver, type RunPhase, type RunResource } from "@coeval/contract/api/run";
import type { Client } from "./client.ts";
import type { Context } from "./context.ts";
import { type ReceivedEvent, readEvents } from "./event-stream.ts";
import { type ExitCode, exit } from "./exit.ts";
import type { Io } from "./io.ts";
import { runPath } from "./paths.ts";
import { createSpeed } from "./progress/speed.ts";
import { stepLines } from "./progress/steps.ts";
import { createTree } from "./progress/tree.ts";

/** A countdown is worth looking at so often. */
const REDRAW_MS = 100;

/** @returns the run as it ended, or null when the person left. */
export async function watch(
  context: Context,
  client: Client,
  id: string,
  quiet: boolean,
): Promise<RunResource | null> {
  const { io } = context;
  const { clock } = io;
  const left = io.interrupt();
  const tree = createTree(io, quiet);
  const speed = createSpeed();
  let last: { event: RunEvent; atMs: number } | null = null;
  let gaveUpIn: RunPhase | null = null;
  const draw = () => {
    if (last === null) return;
    const { run, now } = last.event;
    const nowMs = parseInstant(now) + (clock.elapsedMs() - last.atMs);
    const lines = stepLines(run, { nowMs, bytesPerMs: speed.bytesPerMs(), gaveUpIn });
    tree.show(`${run.service}: ${run.id} at ${run.moment}`, lines);
  };
  const events = readEvents(client, clock, `${runPath(id)}/events`, {
    isLast: (event) => isRunOver(runOf(event).run.phase),
    cancel: left,
  });
  for (let next = events.next(); ; ) {
    const first = await orTick(next, io, left);
    if (first !== "tick") {
      if (first.done) break;
      const event = runOf(first.value);
      if (event.run.phase === "giving-up") gaveUpIn ??= last?.event.run.phase ?? null;
      last = { event, atMs: clock.elapsedMs() };
      speed.note(
        event.run.progress.target?.bytesDone ?? event.run.progress.source?.bytesDone ?? 0,
        last.atMs,
      );
      next = events.next();
    }
    draw();
  }
  const run = last?.event.run;
  return run && isRunOver(run.phase) ? run : null;
}

/** What the end of a watched run means, said and as an exit code. */
export function endOf(io: Io, id: string, run: RunResource | null, quiet: boolean): ExitCode {
  const tell = (text: string) => void (quiet || io.stderr.write(`${text}\n`));
  if (run === null) {
    tell(`\nleft; the run goes on. To come back: coeval run watch ${id}`);
    return exit.interrupted;
  }
  if (run.phase === "failed") {
    io.stderr.write(`error: ${run.id} failed: ${run.cause?.message ?? "no cause is known"}\n`);
    if (run.cause) tell(`hint: ${run.cause.hint}`);
    return exit.failed;
  }
  if (run.grade && run.openFiles && isBelowAsked(run.grade, run.openFiles)) {
    tell(`done, but below what was asked: ${run.grade.kind}, open files ${run.openFiles.kind}`);
    return exit.below;
  }
  return exit.ok;
}

function runOf(event: ReceivedEvent): RunEvent {
  return runEvent.parse(event.data);
}

async function orTick<T>(next: Promise<T>, io: Io, left: AbortSignal): Promise<T | "tick"> {
  const woken = new AbortController();
  const tick = io.clock.sleep(REDRAW_MS, AbortSignal.any([woken.signal, left])).then(
    () => "tick" as const,
    () => "tick" as const,
  );
  try {
    return await Promise.race([next, left.aborted ? next : tick]);
  } finally {
    woken.abort();
  }
}
