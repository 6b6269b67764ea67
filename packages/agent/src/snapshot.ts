/**
 * take-snapshots: everything slow before the moment, then all snapshots fired on a local timer at it, each receipt bounding on the
 * shared clock when its snapshot was taken; right after, the files that were open are listed with their lengths.
 */
import { DRIFT } from "@coeval/core/clock/measured-clock";
import { AROUND_MS } from "@coeval/core/clock/time-watch";
import { wallOffset } from "@coeval/core/clock/wall-offset";
import { CoevalError } from "@coeval/core/errors";
import { formatInstant } from "@coeval/core/model/instant";
import { compileFilters, type PathFilter } from "@coeval/core/model/path-filter";
import type { ClockEvidence, ClockServer, Receipt } from "@coeval/core/model/receipt";
import type { ClockReading } from "@coeval/core/ports/clock";
import type { OpenFiles, Prepared, Taken } from "@coeval/core/ports/source";
import type { TimeServer } from "@coeval/core/ports/time-source";
import type { Appeared, Result } from "@coeval/core/protect/instruction";
import { intendSnapshot } from "@coeval/store/agent/snapshots";
import type { Context, StepContext } from "./context.ts";
import { appearedSince } from "./find-sets.ts";
import { proveIdentity } from "./identity.ts";
import { countOf } from "./run-lines.ts";

/** What later steps need of the snapshots. */
export interface SnapshotNote {
  readonly prepared: Prepared;
  /** Null until the snapshots are taken. */
  readonly openFiles: OpenFiles | null;
  /** Root → the cluster's stamp. */
  readonly stamps: readonly (readonly [root: string, stampMs: number | null])[];
}

/** Sleeps are cut here, so that the last one is armed on a fresh reading of the clock. */
const REARM_MS = 2000;
/** Instants of our days are held in steps of a quarter microsecond: with this to spare no rounding moves a receipt before its moment. */
const ROUNDING_MS = 0.001;

/** A reading, and the elapsed time at which it held: its error grows from there. */
interface Fired {
  readonly reading: ClockReading;
  readonly atElapsedMs: number;
}

export async function takeSnapshots(context: StepContext<"take-snapshots">): Promise<Result> {
  const { instruction, source, cancel, db } = context;
  const { order } = instruction;
  if (context.note !== null) throw missed(order.moment);
  const filter = compileFilters(order.filters);
  const identity = await proveIdentity(source, instruction.identity, instruction.cluster, cancel);
  const prepared = await source.prepare({ sets: order.sets, snapshotName: order.snapshotName }, cancel);
  context.clock.expect(order.moment);
  const before = provenClock(context);
  // Both are durable before the first request: after a crash the snapshots are known, whether or not they were taken.
  await intendSnapshot(db, instruction.run, instruction.service, prepared);
  await context.saveNote({ prepared, openFiles: null, stamps: [] } satisfies SnapshotNote);
  if (sharedNow(context) >= order.moment) throw missed(order.moment);
  tellArmed(context, prepared, before);
  context.report({ kind: "armed", identity });
  const fired = await until(context, order.moment);
  const taken = await source.snapshot(prepared, cancel);
  for (const one of taken)
    context.clusterClock.stamped(one.clusterStampMs, one.firstSentElapsedMs, one.answeredElapsedMs);
  const openFiles = within(await source.openFiles(prepared, cancel), filter);
  const appeared = await appearedAt(context, prepared);
  await context.clock.readSince(fired.atElapsedMs, cancel);
  const after = provenClock(context);
  const stamps = taken.map((one) => [one.root, one.clusterStampMs] as const);
  await context.saveNote({ prepared, openFiles, stamps } satisfies SnapshotNote);
  const receipts = taken.map((one) => receiptOf(one, prepared, fired));
  tellTaken(context, receipts, openFiles);
  return {
    step: "take-snapshots",
    identity,
    receipts,
    clock: evidence(context, [before, fired.reading, after]),
    ...(appeared.length === 0 ? {} : { appeared }),
    openFiles: {
      kind: openFiles.kind,
      count: openFiles.kind === "listed" ? openFiles.files.length : 0,
      why: openFiles.kind === "unknown" ? openFiles.why : null,
    },
  };
}

function tellArmed(context: StepContext<"take-snapshots">, { roots }: Prepared, clock: ClockReading): void {
  const leftMs = Math.round(context.instruction.order.moment - sharedNow(context));
  const bound = `${clock.source} known to ±${clock.errorMs.toFixed(3)} ms`;
  context.tell(`${countOf(roots.length, "root")} prepared, armed ${leftMs} ms before the moment, ${bound}`);
}

function tellTaken(
  { tell, instruction }: StepContext<"take-snapshots">,
  receipts: readonly Receipt[],
  openFiles: OpenFiles,
): void {
  const { moment } = instruction.order;
  for (const { root, snapshotName, earliest, latest, clusterStamp } of receipts) {
    const stamp = clusterStamp === null ? "" : `; the cluster's stamp says ${formatInstant(clusterStamp)}`;
    const between = `${(earliest - moment).toFixed(1)} and ${(latest - moment).toFixed(1)} ms`;
    tell(`snapshot ${snapshotName} of ${root} taken between ${between} after the moment${stamp}`);
  }
  if (openFiles.kind === "unknown") tell(`open files are not known: ${openFiles.why}`);
  else if (openFiles.kind === "listed") tell(`${countOf(openFiles.files.length, "open file")} listed`);
}

/** Directories of patterns that were there at the moment though nobody knew of them. */
function appearedAt(context: StepContext<"take-snapshots">, prepared: Prepared): Promise<Appeared[]> {
  const { patterns = [], uncovered = [], sets } = context.instruction.order;
  const known = new Set([...sets, ...uncovered].map(({ path }) => path));
  return appearedSince(context.source, prepared, { patterns, known }, context.cancel);
}

/** Open files that a filter leaves out are none of the point's. */
function within(openFiles: OpenFiles, filter: PathFilter): OpenFiles {
  if (openFiles.kind !== "listed") return openFiles;
  return { kind: "listed", files: openFiles.files.filter(({ path }) => !filter.leavesOut(path, "file")) };
}

/** Waits on elapsed time until the source's clock surely shows the moment: its error bound is waited out too. The reading that proved it. */
async function until(context: StepContext<"take-snapshots">, moment: number): Promise<Fired> {
  const { clock } = context.world;
  for (;;) {
    const reading = provenClock(context);
    const atElapsedMs = clock.elapsedMs();
    const leftMs = moment + reading.errorMs + ROUNDING_MS - (atElapsedMs + reading.offsetMs);
    if (leftMs <= 0) {
      proveFresh(context, reading);
      return { reading, atElapsedMs };
    }
    await clock.sleep(leftMs > REARM_MS ? leftMs - REARM_MS / 2 : leftMs, context.cancel);
  }
}

function provenClock(context: StepContext<"take-snapshots">): ClockReading {
  const reading = context.clock.reading();
  const maxMs = context.instruction.order.clockErrorMsMax;
  if (!reading) {
    const { source, failure } = context.clock;
    const why = failure === null ? "" : `: ${failure}`;
    throw new CoevalError("clock-unproven", `the shared clock ${source} was not measured yet${why}`);
  }
  if (reading.errorMs > maxMs) {
    throw new CoevalError(
      "clock-unproven",
      `the error bound against ${reading.source} is ${reading.errorMs.toFixed(3)} ms, allowed are ${maxMs} ms`,
    );
  }
  proveSame(context, maxMs);
  return reading;
}

/** What this agent takes for the source must not surely differ from what the control device takes for it. */
function proveSame({ clock, instruction }: Context, maxMs: number): void {
  const apart = clock.apart();
  if (!apart || Math.abs(apart.offsetMs) - apart.errorMs <= maxMs) return;
  const figures = `${apart.offsetMs.toFixed(3)} ms ± ${apart.errorMs.toFixed(3)} ms from the control device's, allowed are ${maxMs} ms`;
  const who = `${clock.source} as ${instruction.cluster}'s agent reads it from ${clock.server?.address}`;
  throw new CoevalError("clock-off", `${who} is ${figures}`);
}

/** An NTP server must have answered shortly before the moment: a bound that was extrapolated for long says nothing of a clock that was set. */
function proveFresh({ clock }: Context, { source, readAgoMs }: ClockReading): void {
  if (clock.server === null || readAgoMs <= AROUND_MS) return;
  const why = clock.failure === null ? "" : `: ${clock.failure}`;
  const figures = `was read ${Math.round(readAgoMs)} ms before the moment, allowed are ${AROUND_MS} ms`;
  throw new CoevalError("clock-unproven", `${source} ${figures}${why}`);
}

function sharedNow(context: Context): number {
  const reading = context.clock.reading();
  return context.world.clock.elapsedMs() + (reading?.offsetMs ?? 0);
}

function receiptOf(taken: Taken, prepared: Prepared, { reading, atElapsedMs }: Fired): Receipt {
  const root = prepared.roots.find((one) => one.root === taken.root);
  const errorMs = (elapsedMs: number) => reading.errorMs + Math.max(0, elapsedMs - atElapsedMs) * DRIFT;
  const { firstSentElapsedMs, answeredElapsedMs } = taken;
  return {
    root: taken.root,
    snapshotName: taken.snapshotName,
    sets: root?.sets.map((set) => set.name) ?? [],
    earliest: firstSentElapsedMs + reading.offsetMs - errorMs(firstSentElapsedMs),
    latest: answeredElapsedMs + reading.offsetMs + errorMs(answeredElapsedMs),
    clusterStamp: taken.clusterStampMs,
  };
}

/** `offsetMs`: how far this machine's own wall clock is ahead of the shared one. */
function evidence(context: Context, readings: readonly [ClockReading, ...ClockReading[]]): ClockEvidence {
  const offsets = readings.map((reading) => reading.offsetMs);
  const { clock } = context.world;
  const { server } = context.clock;
  return {
    source: readings[0].source,
    ...(server && { server: serverNamed(server) }),
    offsetMs: wallOffset(clock, readings.at(-1) ?? readings[0]).offsetMs,
    errorMs: Math.max(...readings.map((reading) => reading.errorMs)),
    stepMs: Math.max(...offsets) - Math.min(...offsets),
  };
}

function serverNamed({ address, referenceId, stratum }: TimeServer): ClockServer {
  return { address, referenceId, stratum };
}

function missed(moment: number): CoevalError {
  return new CoevalError("moment-missed", `the agent was not ready at ${formatInstant(moment)}`);
}
