/** The inspection: what is found out of each service in the course of a history, put before every checker. */
import type { Status } from "@coeval/control/status";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { Service } from "@coeval/core/model/service";
import type { Run } from "@coeval/core/protect/run";
import type { StoredMoment } from "@coeval/store/control/moment-row";
import type { Checker, Facts } from "./checkers/checker.ts";
import type { Stage } from "./stage.ts";
import type { Writer } from "./cluster/writer.ts";

export interface Complaint {
  readonly checker: string;
  readonly text: string;
}

export interface Inspection {
  readonly of: (service: string) => Findings;
  complain(checker: string, texts: readonly string[]): void;
  status(status: Status): void;
  /** When all is over. */
  all(): Promise<void>;
  /** Nobody complained so far. */
  readonly well: boolean;
}

/** Of one service. */
export interface Findings {
  readonly facts: Facts;
  points(points: readonly RecoveryPoint[]): void;
  moments(moments: readonly StoredMoment[]): void;
  applied(): void;
  /** A run is over; its point is among the points. */
  ended(run: Run): Promise<void>;
}

export function createInspection(
  stage: Stage,
  checkers: readonly Checker[],
  complaints: Complaint[],
): Inspection {
  const complain = (checker: string, texts: readonly string[]): void => {
    for (const text of texts) {
      complaints.push({ checker, text });
      stage.book.write("checker", checker, { says: text });
    }
  };
  const findings = new Map(
    stage.services.map((service, index) => [
      service.name,
      createFindings(stage, service, stage.writers[index] as Writer, checkers, complain),
    ]),
  );
  const of = (service: string): Findings => {
    const found = findings.get(service);
    if (!found) throw new TypeError(`there is no service ${service}`);
    return found;
  };
  stage.watchers.add((call) => {
    for (const { facts } of findings.values())
      for (const checker of checkers) complain(checker.name, checker.onCall?.(facts, call) ?? []);
  });
  return {
    of,
    complain,
    status(status) {
      for (const one of status.services)
        for (const checker of checkers)
          complain(checker.name, checker.onStatus?.(of(one.service).facts, one, status) ?? []);
    },
    async all() {
      for (const { facts } of findings.values())
        for (const checker of checkers) complain(checker.name, (await checker.afterAll?.(facts)) ?? []);
    },
    get well() {
      return complaints.length === 0;
    },
  };
}

function createFindings(
  stage: Stage,
  service: Service,
  writer: Writer,
  checkers: readonly Checker[],
  complain: Inspection["complain"],
): Findings {
  const runs: Run[] = [];
  const endedAtMs = new Map<string, number>();
  let points: readonly RecoveryPoint[] = [];
  let moments: readonly StoredMoment[] = [];
  let appliedAtMs = 0;
  const facts: Facts = {
    ...stage,
    service,
    writer,
    runs,
    endedAtMs,
    get points() {
      return points;
    },
    get moments() {
      return moments;
    },
    get appliedAtMs() {
      return appliedAtMs;
    },
  };
  return {
    facts,
    points(next) {
      points = next;
    },
    moments(next) {
      moments = next;
    },
    applied() {
      appliedAtMs = stage.timeline.nowMs;
    },
    async ended(run) {
      runs.push(run);
      endedAtMs.set(run.id, stage.timeline.nowMs);
      stage.book.write("operator", "run over", { run: run.id, phase: run.phase, cause: run.cause?.message });
      for (const checker of checkers) complain(checker.name, (await checker.afterRun?.(facts, run)) ?? []);
    },
  };
}
