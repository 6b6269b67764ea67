// What the demo's screen shows, as lines of text; drawing them is screen.ts's matter.
import type { Run, Status } from "../harness/answers.ts";

export interface Scene {
  readonly elapsedMs: number;
  readonly status: Status | null;
  readonly workload: { readonly writesPerSecond: number; readonly total: number } | null;
  readonly active: readonly ShownRun[];
  /** Runs that are over, oldest first. */
  readonly over: readonly Run[];
  readonly everySeconds: number;
  readonly momentsWanted: number;
}

export type ShownRun = Run & { readonly progress?: Progresses };

interface Progresses {
  readonly source: Progress | null;
  readonly target: Progress | null;
}

interface Progress {
  readonly doing: string;
  readonly filesDone: number;
  readonly filesTotal: number | null;
  readonly bytesDone: number;
}

const PHASES = [
  "opening",
  "arming",
  "armed",
  "sending",
  "verifying",
  "signing",
  "sealing",
  "closing",
  "done",
];
const SHOWN_POINTS_MAX = 6;
const BAR_CELLS = 24;
const RUN_LINES = 4;

export function sceneLines(scene: Scene): string[] {
  return [
    "",
    `  ${clock(scene.elapsedMs)}  two services by policy, two clusters    (Ctrl-C ends everything)`,
    "",
    ...clusterLines(scene.status),
    workloadLine(scene.workload),
    "",
    ...runLines(scene),
    "",
    ...pointLines(scene),
  ];
}

function clusterLines(status: Status | null): string[] {
  if (status === null) return ["  clusters   …"];
  return status.clusters.map(({ name, status: { state, cause, role, clock } }) => {
    const drift =
      clock === null ? "" : `clock off by ${clock.offsetMs.toFixed(2)} ms ± ${clock.errorMs.toFixed(2)} ms`;
    const side = role === "none" ? "" : role;
    return `  ${name.padEnd(9)}  ${side.padEnd(10)} ${(cause ?? state).padEnd(8)} ${drift}`;
  });
}

function workloadLine(workload: Scene["workload"]): string {
  if (workload === null) return "  workload   …";
  const { writesPerSecond, total } = workload;
  return `  workload   ${writesPerSecond.toFixed(0)} changes a second, ${total} so far; one file is never closed`;
}

function runLines({ active, over, momentsWanted, everySeconds }: Scene): string[] {
  const title = `  every ${everySeconds} s    ${over.length} moments taken; ${momentsWanted} of each service are wanted`;
  const lines = active.flatMap((run) => {
    const at = PHASES.indexOf(run.phase);
    const steps = PHASES.slice(0, -1)
      .map((phase, index) => (index < at ? `✔ ${phase}` : index === at ? `▶ ${phase}` : phase))
      .join("  ");
    return [`  ${run.service.padEnd(9)}  ${run.moment}  ${steps}`, `             ${progressText(run)}`];
  });
  // As many lines as two runs take, so that what is below stands still.
  while (lines.length < RUN_LINES) lines.push("");
  return [title, ...lines];
}

function progressText(run: ShownRun): string {
  const progress = run.progress?.target ?? run.progress?.source;
  if (!progress) return run.phase === "armed" ? "armed on local timers; waiting for the moment" : "";
  const { doing, filesDone, filesTotal, bytesDone } = progress;
  const share = filesTotal === null || filesTotal === 0 ? 0 : filesDone / filesTotal;
  const full = Math.round(Math.min(1, share) * BAR_CELLS);
  const bar = `${"█".repeat(full)}${"░".repeat(BAR_CELLS - full)}`;
  return `${bar} ${doing}: ${filesDone} of ${filesTotal ?? "?"} files, ${bytes(bytesDone)}`;
}

function pointLines({ over }: Scene): string[] {
  const title = `  ${"service".padEnd(9)}${"moment".padEnd(25)}${"grade".padEnd(8)}${"spread".padStart(9)}${"window".padStart(9)}${"moved".padStart(20)}${"took".padStart(9)}`;
  return [title, ...over.slice(-SHOWN_POINTS_MAX).map((run) => `  ${pointLine(run)}`)];
}

/** A run that is over in one line. */
export function pointLine(run: Run): string {
  const took = run.endedAt === null ? "" : seconds(Date.parse(run.endedAt) - Date.parse(run.startedAt));
  if (run.phase === "failed" || run.grade === null || run.moved === null) {
    return `${run.service.padEnd(9)}${run.moment} ✘ ${run.cause?.code ?? run.phase}: ${run.cause?.message ?? ""}`;
  }
  const { kind, spreadMs, windowMs } = run.grade;
  const moved = `${run.moved.files} files ${bytes(run.moved.bytes)}`;
  return (
    run.service.padEnd(9) +
    run.moment.padEnd(25) +
    kind.padEnd(8) +
    `${spreadMs.toFixed(1)} ms`.padStart(9) +
    `${windowMs.toFixed(1)} ms`.padStart(9) +
    moved.padStart(20) +
    took.padStart(9)
  );
}

export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function clock(ms: number): string {
  const whole = Math.floor(ms / 1000);
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}
