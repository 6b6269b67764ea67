/** Answers of a control device. */

export function sampleRun<More extends object>(phase: string, more?: More) {
  return {
    id: "run-1",
    service: "sales",
    point: "point-1",
    phase,
    moment: "2026-11-21T10:00:03.000Z",
    label: null,
    bandwidth: null,
    requestedBy: "ada (token-1) from 127.0.0.1",
    epoch: 1,
    startedAt: "2026-11-21T10:00:00.000Z",
    endedAt: null,
    basePoint: null,
    source: { cluster: "west", agent: "west" },
    target: { cluster: "east", agent: "east", directory: "/coeval/sales" },
    cause: null,
    grade: null,
    openFiles: null,
    receipts: [],
    clock: null,
    total: null,
    moved: null,
    progress: { source: null, target: null },
    ...more,
  };
}

const grade = { kind: "exact", spreadMs: 0, windowMs: 12.5, byMs: 0 };

export const doneRun = sampleRun("done", {
  endedAt: "2026-11-21T10:00:08.200Z",
  grade,
  openFiles: { kind: "listed", count: 2 },
  total: { files: 2000, directories: 12, bytes: 80_000_000 },
  moved: { changes: 15, files: 14, bytes: 1_500_000, deletions: 1 },
});

export const tornRun = { ...doneRun, grade: { kind: "torn", spreadMs: 40, windowMs: 900, byMs: 400 } };

export const sendingRun = sampleRun("sending", {
  grade,
  progress: {
    source: {
      doing: "sending",
      filesDone: 1203,
      filesTotal: 2000,
      bytesDone: 40_000_000,
      bytesTotal: 80_000_000,
    },
    target: null,
  },
});

export const failedRun = sampleRun("failed", {
  endedAt: "2026-11-21T10:00:08.200Z",
  cause: {
    code: "set-missing",
    message: "/data/sales/orders does not exist",
    evidence: [],
    retry: "never",
    hint: "Create the directory or correct the path.",
  },
});

/** A service of the status that is late, with a run that goes on. */
export const behindService = {
  name: "sales",
  primary: "west",
  secondary: "east",
  status: {
    state: "behind",
    cause: null,
    points: 3,
    lastPoint: { id: "point-1", moment: "2026-11-21T09:59:45.000Z", grade },
    uncovered: [],
    rpoMs: 15_000,
    objective: { rpoMs: 10_000, behindMs: 5000 },
    nextMoment: "2026-11-21T10:00:20.000Z",
    lastMoment: null,
    pause: null,
    activeRun: {
      id: "run-2",
      phase: "sending",
      moment: "2026-11-21T09:59:55.000Z",
      forecast: { endsAt: "2026-11-21T10:00:30.000Z", rpoBeforeMs: 45_000, rpoAfterMs: 35_000 },
    },
  },
};

export const salesYaml = `apiVersion: coeval/v1
kind: Service
metadata:
  name: sales
spec:
  primary: west
  secondary: east
  dataSets:
    - hdfs: /data/sales/orders
    - name: items
      hdfs: /data/sales/items
  mapping:
    target: /coeval/sales
  policy:
    direction: push
    tolerance: { window: 500ms, beyond: refuse, openFiles: refuse }
`;
