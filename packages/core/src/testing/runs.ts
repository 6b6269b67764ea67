/** A run as it begins, and what well-behaved agents say in it, for tests of the reducer and of those who drive it. */
import type { Certificate, Signature } from "../model/certificate.ts";
import { policyDefaults } from "../model/policy.ts";
import { certificateBody } from "../protect/certificate-body.ts";
import { DIRECTIONS, type Direction } from "../protect/direction.ts";
import type { Outcome, Report, Result, Side, Step } from "../protect/instruction.ts";
import { type Phase, type Run, type RunEvent, type Stepped, step } from "../protect/run.ts";

/** The moment of sampleRun. */
export const MOMENT = 1_795_257_101_007;

/** A first run between `east` and `west`, not begun, of clusters that nobody has met yet. */
export const sampleRun: Run = {
  id: "run-1",
  point: "point-1",
  service: {
    name: "billing",
    primary: "east",
    secondary: "west",
    dataSets: [
      { name: "ledger", component: "hdfs", path: "/data/ledger" },
      { name: "scans", component: "hdfs", path: "/data/in/scans" },
    ],
    mapping: { source: "/data", target: "/coeval/billing" },
    policy: {
      ...policyDefaults,
      direction: "push",
      tolerance: { windowMs: 100, beyond: "refuse", openFiles: "refuse" },
    },
  },
  label: null,
  requestedBy: "user:ann",
  moment: MOMENT,
  epoch: 1,
  base: null,
  previous: null,
  source: { cluster: "east", agent: "agent-e", fingerprint: "e".repeat(64), identity: null },
  target: { cluster: "west", agent: "agent-w", fingerprint: "d".repeat(64), identity: null },
  phase: "opening",
  cause: null,
  address: null,
  taken: null,
  grade: null,
  sent: null,
  received: null,
  signature: null,
  certificate: null,
  released: { source: false, target: false },
  progress: { source: null, target: null },
};

/** The same run in this direction. */
export function directed(direction: Direction, run: Run = sampleRun): Run {
  return { ...run, service: { ...run.service, policy: { ...run.service.policy, direction } } };
}

/** What the clusters prove to be. */
export const identities = {
  source: { clusterId: "CID-east", namespaceId: "11" },
  target: { clusterId: "CID-west", namespaceId: "22" },
} as const;

/** The signature of one side's agent; it fits nothing. */
export function signatureOf(side: Side): Signature {
  return { agent: `agent-${side}`, publicKey: "pem", chain: "pem", signature: "c2ln" };
}

const summary = {
  manifest: { sha256: "a".repeat(64), files: 1, directories: 2, bytes: 5 },
  moved: { changes: 3, files: 1, bytes: 5, deletions: 0 },
} as const;

/** The result that a step has in a run that goes well. */
export function resultOf(run: Run, name: Step): Result {
  switch (name) {
    case "open-holding":
      return { step: name, identity: identities.target };
    case "take-snapshots":
      return {
        step: name,
        identity: identities.source,
        receipts: [
          {
            root: "/data",
            snapshotName: `coeval-${run.id}`,
            sets: ["ledger", "scans"],
            earliest: run.moment,
            latest: run.moment + 20,
            clusterStamp: null,
          },
        ],
        clock: { source: "control:1", offsetMs: 3, errorMs: 1, stepMs: 0.5 },
        openFiles: { kind: "listed", count: 0, why: null },
      };
    case "send-snapshots":
    case "receive-snapshots":
    case "serve-snapshots":
    case "replicate-snapshots":
      return { step: name, ...summary };
    case "verify":
      return { step: name, files: 1, bytes: 5 };
    case "sign":
      return { step: name, signature: signatureOf("source") };
    case "seal":
      return { step: name, certificate: certificateOf(run) };
    case "release":
      return { step: name };
    case "retire":
      return { step: name, snapshots: 1 };
  }
}

function certificateOf(run: Run): Certificate {
  return {
    body: certificateBody(run),
    source: signatureOf("source"),
    sealed: { snapshotName: "coeval-point-1", clusterStamp: null },
    target: signatureOf("target"),
  };
}

/** The answer of one side to a step, `beforeMs` before the moment. */
export function answer(side: Side, name: Step, outcome: Outcome, beforeMs = 500): RunEvent {
  return { kind: "answered", side, step: name, outcome, now: MOMENT - beforeMs };
}

/** A step that went well. */
export function success(run: Run, side: Side, name: Step): RunEvent {
  return answer(side, name, { ok: true, result: resultOf(run, name) });
}

/** A report that came half a second before the moment. */
export function report(run: Run, side: Side, what: Report): RunEvent {
  return { kind: "reported", side, report: what, now: run.moment - 500 };
}

/** The holding directory is open. */
export function opened(run: Run, beforeMs?: number): RunEvent {
  return answer("target", "open-holding", { ok: true, result: resultOf(run, "open-holding") }, beforeMs);
}

/** The end of the transfer that listens does. */
export function ready(run: Run): RunEvent {
  const { side } = DIRECTIONS[run.service.policy.direction].listens;
  return report(run, side, { kind: "ready", address: `${run[side].cluster}:9000` });
}

/** The source is armed. */
export function armed(run: Run): RunEvent {
  return report(run, "source", { kind: "armed", identity: identities.source });
}

/** The events of a run that goes well, by the phase in which each comes. */
const COURSE: Readonly<Partial<Record<Phase, (run: Run) => readonly RunEvent[]>>> = {
  opening: (run) => [opened(run)],
  arming: (run) => [armed(run)],
  armed: (run) => [success(run, "source", "take-snapshots")],
  sending: (run) => {
    const { listens, dials } = DIRECTIONS[run.service.policy.direction];
    const [source, target] = dials.side === "source" ? [dials, listens] : [listens, dials];
    return [ready(run), success(run, "source", source.step), success(run, "target", target.step)];
  },
  verifying: (run) => [success(run, "target", "verify")],
  signing: (run) => [success(run, "source", "sign")],
  sealing: (run) => [success(run, "target", "seal")],
  closing: (run) => [success(run, "source", "release"), success(run, "target", "release")],
};

/** Everything that happens when a run goes well until it enters `phase`, from its beginning. */
export function courseTo(run: Run, phase: Phase): Stepped[] {
  const course: Stepped[] = [step(run, { kind: "begin" })];
  for (let now = last(course); now.run.phase !== phase; now = last(course)) {
    const events = COURSE[now.run.phase]?.(now.run);
    if (!events) throw new Error(`${phase} does not come after ${now.run.phase}`);
    for (const event of events) course.push(step(last(course).run, event));
  }
  return course;
}

/** The run just after it entered `phase`. */
export function runIn(phase: Phase, run: Run = sampleRun): Run {
  return last(courseTo(run, phase)).run;
}

function last(course: readonly Stepped[]): Stepped {
  return course.at(-1) as Stepped;
}
