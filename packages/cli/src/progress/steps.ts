/** A run's steps as a person follows them, with what is known of each. Pure: figures in, lines out. */
import { parseInstant } from "@coeval/contract/api/instant";
import type { ProgressResource, RunPhase, RunResource } from "@coeval/contract/api/run";
import { bytes, count, duration, rate } from "../figures.ts";

export interface StepLine {
  readonly state: "done" | "active" | "waiting" | "failed";
  readonly title: string;
  readonly detail: string;
}

/** What only the watcher knows: the control device's now, and how fast bytes went lately. */
export interface Seen {
  readonly nowMs: number;
  readonly bytesPerMs: number | null;
  /** The phase it was in when it was given up, if that was seen. */
  readonly gaveUpIn: RunPhase | null;
}

const STEPS: readonly { readonly title: string; readonly phases: readonly RunPhase[] }[] = [
  { title: "opening", phases: ["opening"] },
  { title: "arming", phases: ["arming"] },
  { title: "moment", phases: ["armed"] },
  { title: "sending", phases: ["sending"] },
  { title: "verifying", phases: ["verifying"] },
  { title: "sealing", phases: ["signing", "sealing"] },
  { title: "closing", phases: ["closing"] },
];

/** The steps of a run that goes on, ended, or failed. */
export function stepLines(run: RunResource, seen: Seen): StepLine[] {
  const failed = run.phase === "giving-up" || run.phase === "failed";
  const phase = failed ? (seen.gaveUpIn ?? guess(run)) : run.phase;
  const current =
    run.phase === "done" ? STEPS.length : STEPS.findIndex((step) => step.phases.includes(phase));
  return STEPS.map(({ title }, index) => {
    if (index < current) return { state: "done", title, detail: doneDetail(title, run) };
    if (index > current) return { state: "waiting", title, detail: "" };
    if (failed) return { state: "failed", title, detail: run.cause?.message ?? "" };
    return { state: "active", title, detail: activeDetail(title, run, seen) };
  });
}

/** Where a run that was not watched must have failed at the earliest. */
function guess(run: RunResource): RunPhase {
  if (run.moved !== null) return "verifying";
  return run.grade === null ? "opening" : "sending";
}

function doneDetail(title: string, run: RunResource): string {
  if (title === "moment" && run.grade !== null) {
    const { kind, spreadMs } = run.grade;
    return `${run.moment}, ${kind}, spread ${spreadMs} ms`;
  }
  if (title === "sending" && run.moved !== null)
    return `${count(run.moved.files)} files, ${bytes(run.moved.bytes)}, ${count(run.moved.deletions)} deletions`;
  return "";
}

function activeDetail(title: string, run: RunResource, seen: Seen): string {
  if (title === "moment") {
    const leftMs = parseInstant(run.moment) - seen.nowMs;
    return leftMs > 0 ? `armed; the moment is in ${duration(leftMs)}` : "snapshots are being taken";
  }
  const progress = title === "sending" ? furthest(run) : (run.progress.target ?? run.progress.source);
  return progress === null ? "" : progressText(progress, seen.bytesPerMs);
}

/** What has arrived counts, where both sides tell. */
function furthest(run: RunResource): ProgressResource | null {
  const { source, target } = run.progress;
  if (target === null || source === null) return target ?? source;
  return {
    ...target,
    filesTotal: target.filesTotal ?? source.filesTotal,
    bytesTotal: target.bytesTotal ?? source.bytesTotal,
  };
}

function progressText(progress: ProgressResource, bytesPerMs: number | null): string {
  const { doing, filesDone, filesTotal, bytesDone, bytesTotal } = progress;
  const parts = [
    filesTotal === null ? `${count(filesDone)} files` : `${count(filesDone)}/${count(filesTotal)} files`,
    bytesTotal === null ? bytes(bytesDone) : `${bytes(bytesDone)} of ${bytes(bytesTotal)}`,
  ];
  if (bytesPerMs !== null && bytesPerMs > 0) {
    parts.push(rate(bytesPerMs * 1000, 1000) ?? "");
    if (bytesTotal !== null && bytesTotal > bytesDone)
      parts.push(`${duration((bytesTotal - bytesDone) / bytesPerMs)} left`);
  }
  // Last, since a narrow terminal cuts the end off.
  parts.push(doing);
  return parts.filter((part) => part !== "").join(", ");
}
