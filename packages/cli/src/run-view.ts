/** Runs and points as tables. */
import { serverText } from "./clock-view.ts";
import { parseInstant } from "@coeval/contract/api/instant";
import type { PointResource } from "@coeval/contract/api/point";
import type { RunResource } from "@coeval/contract/api/run";
import { age, bytes, count, duration } from "./figures.ts";
import { firstLine } from "./failure.ts";
import type { Io } from "./io.ts";
import type { View } from "./output.ts";
import { filterWords } from "./policy-words.ts";

/** A run in a line. */
export function runLine(io: Io): View<RunResource> {
  return {
    columns: {
      ID: (run) => run.id,
      SERVICE: (run) => run.service,
      PHASE: (run) => run.phase,
      MOMENT: (run) => run.moment,
      AGE: (run) => age(parseInstant(run.moment), io.clock.nowMs()),
      GRADE: (run) => run.grade?.kind ?? "",
      MOVED: (run) => (run.moved === null ? "" : bytes(run.moved.bytes)),
      CAUSE: (run) => run.cause?.message ?? "",
    },
    name: (run) => `run/${run.id}`,
    empty: "coeval service protect NAME",
  };
}

/** A run whole. */
export function runView(io: Io): View<RunResource> {
  return {
    columns: {
      RUN: (run) => run.id,
      SERVICE: (run) => run.service,
      PHASE: (run) => phaseText(run),
      MOMENT: (run) => `${run.moment} (${age(parseInstant(run.moment), io.clock.nowMs())})`,
      POINT: (run) => (run.phase === "done" ? run.point : "none"),
      GRADE: (run) => gradeText(run.grade),
      "OPEN FILES": (run) =>
        run.openFiles === null ? "" : `${run.openFiles.kind}, ${count(run.openFiles.count)}`,
      CLOCK: ({ clock }) =>
        clock === null ? "" : [clock.source, serverText(clock.server)].filter(Boolean).join(": "),
      HOLDS: (run) =>
        run.total === null ? "" : `${count(run.total.files)} files, ${bytes(run.total.bytes)}`,
      MOVED: (run) =>
        run.moved === null
          ? ""
          : `${count(run.moved.files)} files, ${bytes(run.moved.bytes)}, ${count(run.moved.deletions)} deletions`,
      BANDWIDTH: (run) => (run.bandwidth === null ? "" : `${run.bandwidth} at most`),
      BASE: (run) => run.basePoint ?? "none: a full copy",
      TOOK: (run) =>
        run.endedAt === null ? "" : duration(parseInstant(run.endedAt) - parseInstant(run.startedAt)),
      "ASKED BY": (run) => run.requestedBy,
      LABEL: (run) => run.label ?? "",
      CAUSE: (run) => (run.cause === null ? "" : [run.cause.message, ...run.cause.evidence].join("\n")),
      "NEXT STEP": (run) => run.cause?.hint ?? "",
    },
    name: (run) => `run/${run.id}`,
  };
}

/** A point in a line. */
export function pointLine(io: Io): View<PointResource> {
  return {
    columns: {
      ID: (point) => point.id,
      MOMENT: (point) => point.moment,
      AGE: (point) => age(parseInstant(point.moment), io.clock.nowMs()),
      GRADE: (point) => point.grade.kind,
      SPREAD: (point) => `${point.grade.spreadMs} ms`,
      FILES: (point) => count(point.files),
      SIZE: (point) => bytes(point.bytes),
      MOVED: (point) => bytes(point.moved.bytes),
      LABEL: (point) => point.label ?? "",
    },
    name: (point) => `point/${point.id}`,
    empty: "coeval service protect NAME --wait",
  };
}

/** A point whole. */
export function pointView(io: Io): View<PointResource> {
  return {
    columns: {
      POINT: (point) => point.id,
      SERVICE: (point) => point.service,
      MOMENT: (point) => `${point.moment} (${age(parseInstant(point.moment), io.clock.nowMs())})`,
      SEALED: (point) => point.sealedAt,
      GRADE: (point) => gradeText(point.grade),
      "OPEN FILES": (point) => `${point.openFiles.kind}, ${count(point.openFiles.count)}`,
      HOLDS: (point) =>
        `${count(point.files)} files, ${count(point.directories)} directories, ${bytes(point.bytes)}`,
      "DOES NOT HOLD": ({ uncovered }) => uncovered.map(({ path, why }) => `${path}: ${why}`).join("\n"),
      "LEAVES OUT": ({ filters }) => filterWords({ filters: filters ?? {} }),
      MOVED: (point) => `${count(point.moved.files)} files, ${bytes(point.moved.bytes)}`,
      "READ IT": (point) =>
        `on ${point.secondary}: ${point.directory}/.snapshot/current while it is the newest, then .snapshot/${point.snapshotName}`,
      RUN: (point) => point.run,
      PREVIOUS: (point) => point.previous ?? "none: the first",
      CERTIFICATE: (point) => point.certificateSha256,
      LABEL: (point) => point.label ?? "",
    },
    name: (point) => `point/${point.id}`,
  };
}

/** Of a failure the cause comes first. */
function phaseText({ phase, cause }: RunResource): string {
  return cause === null ? phase : `${phase}: ${firstLine(cause.message)}`;
}

function gradeText(grade: RunResource["grade"]): string {
  if (grade === null) return "";
  const torn = grade.kind === "torn" ? `, ${grade.byMs} ms beyond the tolerance` : "";
  return `${grade.kind}: spread ${grade.spreadMs} ms, at most ${grade.windowMs} ms after the moment${torn}`;
}
