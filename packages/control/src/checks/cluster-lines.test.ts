import assert from "node:assert/strict";
import { test } from "node:test";
import { LINK_VERSION } from "@coeval/contract/wire/link";
import type { Inspection } from "@coeval/core/model/cluster";
import type { ClusterView } from "../cluster-view.ts";
import type { AgentMessage } from "../link-parts.ts";
import { serviceBetween } from "../testing/fake-control.ts";
import { clockView, wellCluster } from "../testing/sample-status.ts";
import { type ClusterSeen, clusterLines } from "./cluster-lines.ts";

type Inspected = AgentMessage<"inspected">;

const identity = { clusterId: "CID-east", namespaceId: "BP-1" };
const status: Inspected["status"] = {
  reachable: true,
  cause: null,
  identity,
  version: "3.4.2",
  safeMode: false,
  capacityBytes: 1000 * 2 ** 30,
  remainingBytes: 500 * 2 ** 30,
};
const inspection: Inspection = {
  user: "coeval",
  superuser: true,
  snapshottable: ["/data"],
  snapshottableCount: 1,
  freezesOpenFiles: false,
  usedBytes: 2 ** 30,
  dataNodes: 3,
  scopes: [{ path: "/", state: "readable" }],
};

interface Changes {
  readonly view?: Partial<ClusterView>;
  readonly status?: Partial<Inspected["status"]>;
  readonly inspection?: Partial<Inspection>;
  readonly answer?: Partial<Inspected>;
  readonly seen?: Partial<ClusterSeen>;
}

/** `about level code`, and the whole lines. */
function lines(change: Changes = {}) {
  const inspected = {
    say: "inspected",
    number: 1,
    status: { ...status, ...change.status },
    tookMs: 12.2,
    inspection: { ...inspection, ...change.inspection },
    limits: { read: ["/"], write: ["/"] },
    failure: null,
    ...change.answer,
  } as Inspected;
  const reading = { source: "control:1", offsetMs: 0, errorMs: 0, ageMs: 0, readAgoMs: 0 };
  return clusterLines({
    view: wellCluster("east", { identity, dataAddress: "10.0.0.1:7444", ...change.view }),
    inspected,
    software: { own: "0.1.0", agent: "0.1.0" },
    crew: [],
    clock: { source: "control:1", reading: () => reading, failure: null },
    clockWarnings: [],
    services: [],
    twins: [],
    ...change.seen,
  });
}

/** The only line that is not well; fails when there are others. */
function wrong(change: Changes) {
  const found = lines(change).filter(({ level }) => level !== "ok");
  assert.equal(found.length, 1, JSON.stringify(found));
  const [{ about, level, code, text, fix } = { about: "", level: "", code: "", text: "", fix: "" }] = found;
  return { is: `${about} ${level} ${code ?? ""}`.trim(), text, fix: fix ?? "" };
}

test("a cluster that is well says what it is, line by line", () => {
  const told = lines();
  assert.deepEqual(
    told.map(({ about, level }) => `${about} ${level}`),
    ["agent ok", "reach ok", "identity ok", "versions ok", "rights ok", "space ok", "clock ok"],
  );
  assert.deepEqual(
    told.map(({ text }) => text),
    [
      "east is connected; peers reach it at 10.0.0.1:7444",
      "the NameNode at webhdfs://east:9870 answered in 13 ms",
      "CID-east/BP-1, as pinned",
      `Hadoop 3.4.2; agent 0.1.0, control device 0.1.0, protocol ${LINK_VERSION}`,
      "'coeval' is a superuser: it may snapshot any directory that allows it, now /data",
      "500 GiB of 1000 GiB free, 1.0 GiB used by HDFS, on 3 live DataNode(s)",
      "the agent's machine is 0.500 ms ± 2.000 ms ahead of control:1, read 0.0 s ago",
    ],
  );
  assert.ok(told.every(({ code, fix }) => code === null && fix === null));
});

test("without an agent nothing else can be known, and the line says how to get one", () => {
  const none = lines({ view: { agent: null }, seen: { inspected: null } });
  assert.deepEqual(
    none.map(({ about, level }) => `${about} ${level}`),
    [
      "agent failed",
      "reach unknown",
      "identity unknown",
      "versions unknown",
      "rights unknown",
      "space unknown",
      "clock unknown",
    ],
  );
  assert.match(none[0]?.fix ?? "", /`coeval cluster enroll east`/);
  const away = lines({ view: { cause: "the agent east is away" }, seen: { inspected: null } });
  assert.deepEqual([away[0]?.code, away[0]?.text], ["agent-away", "the agent east is away"]);
  const failure = {
    code: "stalled",
    message: "the agent of east did not answer in 30 s",
    evidence: [],
  } as const;
  assert.deepEqual(lines({ seen: { inspected: failure } })[0]?.code, "stalled");
});

test("a NameNode that does not answer, is slow or in safe mode is told with its cause", () => {
  const dead = lines({
    status: { reachable: false, cause: "no answer within 5000 ms" },
    answer: { inspection: null },
  });
  assert.deepEqual(
    dead.slice(1, 6).map(({ about, level, code }) => [about, level, code]),
    [
      ["reach", "failed", "cluster-unreachable"],
      ["identity", "unknown", null],
      ["versions", "ok", null],
      ["rights", "unknown", null],
      ["space", "unknown", null],
    ],
  );
  assert.equal(dead[1]?.text, "webhdfs://east:9870: no answer within 5000 ms");
  assert.equal(wrong({ status: { safeMode: true } }).is, "reach failed safe-mode");
  const keyless = lines({
    status: { reachable: false, cause: "it wants Kerberos", code: "kerberos-wanted" },
    answer: { inspection: null },
  });
  assert.equal(keyless[1]?.code, "kerberos-wanted");
  assert.match(keyless[1]?.fix ?? "", /--keytab and --principal/, "the cause's own fix");
  assert.match(wrong({ answer: { tookMs: 1500 } }).text, /answered in 1500 ms, more than 1000 ms/);
});

test("another cluster than pinned has failed; one that is registered twice too, unless it was pinned first", () => {
  const other = wrong({ status: { identity: { clusterId: "CID-x", namespaceId: "BP-1" } } });
  assert.equal(other.is, "identity failed cluster-identity");
  assert.match(other.text, /the endpoint is CID-x\/BP-1; pinned is CID-east\/BP-1/);
  const twice = wrong({ view: { identity: null }, seen: { twins: ["orient"] } });
  assert.equal(twice.is, "identity failed cluster-identity");
  assert.match(twice.text, /CID-east\/BP-1 is registered as orient as well/);
  assert.match(twice.fix, /coeval cluster remove/);
  assert.equal(wrong({ seen: { twins: ["orient"] } }).is, "identity warning");
  const met = lines({ view: { identity: null } }).find(({ about }) => about === "identity");
  assert.match(met?.text ?? "", /it is pinned at the first moment/);
});

test("other versions are warned of", () => {
  assert.match(wrong({ seen: { software: { own: "0.2.0", agent: "0.1.0" } } }).fix, /the same version/);
  assert.match(wrong({ status: { version: "2.10.2" } }).text, /Hadoop 2\.10\.2/);
});

test("what the user may not do is told with the command that grants it", () => {
  const plain = { user: "etl", superuser: false, freezesOpenFiles: true };
  const nothing = wrong({ inspection: { ...plain, snapshottable: [], snapshottableCount: 0 } });
  assert.equal(nothing.is, "rights failed no-right");
  assert.match(nothing.fix, /hdfs dfsadmin -allowSnapshot DIR.*hdfs dfs -chown etl DIR/);
  const some = wrong({ inspection: { ...plain, snapshottable: ["/a", "/b"], snapshottableCount: 9 } });
  assert.equal(some.is, "rights warning");
  assert.match(some.text, /'etl' is no superuser: it may snapshot \/a, \/b and 7 more/);
  const open = lines({ inspection: { ...plain, freezesOpenFiles: false } }).filter(
    ({ level }) => level === "warning",
  );
  assert.match(open[1]?.text ?? "", /files open at a moment are neither frozen/);
  assert.match(
    wrong({ inspection: { scopes: [{ path: "/data", state: "missing" }] } }).text,
    /\/data does not exist/,
  );
  assert.match(
    wrong({ inspection: { scopes: [{ path: "/f", state: "no-directory" }] } }).text,
    /\/f is no directory/,
  );
  const denied = wrong({ inspection: { scopes: [{ path: "/data", state: "denied" }] } });
  assert.deepEqual(
    [denied.is, denied.fix],
    ["rights failed no-right", "hdfs dfs -setfacl -R -m user:coeval:r-x /data"],
  );
  const limits = { read: ["/data"], write: [] };
  assert.deepEqual(
    lines({ answer: { limits } }).filter(({ level }) => level !== "ok"),
    [],
    "a limit within the grant leaves some of it",
  );
  const granted = wellCluster("east").cluster;
  const beyond = wrong({ view: { cluster: { ...granted, scopes: ["/elsewhere"] } }, answer: { limits } });
  assert.match(beyond.text, /\/elsewhere is granted, but the agent's own limits\.yaml allows neither/);
  const failure = { code: "cluster-refused", message: "StandbyException", evidence: [] } as const;
  assert.equal(wrong({ answer: { inspection: null, failure } }).is, "rights failed cluster-refused");
});

test("scarce room is warned of, none has failed", () => {
  assert.match(
    wrong({ status: { remainingBytes: 40 * 2 ** 30 } }).text,
    /40\.0 GiB of 1000 GiB free.*less than 5 %/,
  );
  assert.equal(wrong({ status: { remainingBytes: 0 } }).is, "space failed secondary-full");
  assert.match(wrong({ inspection: { dataNodes: 0 } }).fix, /Start the cluster's DataNodes/);
  assert.equal(wrong({ status: { capacityBytes: null } }).is, "space unknown");
});

test("the clock is judged by what the cluster's services tolerate, with the figures", () => {
  const service = serviceBetween("east", "west");
  const strict = wrong({
    view: { clock: clockView({ offsetMs: 0, errorMs: 60.25 }) },
    seen: { services: [service] },
  });
  assert.equal(strict.is, "clock failed clock-unproven");
  assert.match(
    strict.text,
    /the agent's clock error is up to 60\.3 ms, the tolerance of orders allows 50 ms/,
  );
  assert.equal(
    wrong({ view: { clock: null, clockFailure: "no answer" } }).text,
    "the agent has not read control:1 yet: no answer",
  );
  assert.equal(wrong({ view: { state: "clock-off", cause: "2000 ms ahead" } }).is, "clock failed clock-off");
  const unread = { source: "ntp://a", reading: () => null, failure: "no route" };
  assert.equal(
    wrong({ seen: { clock: unread } }).text,
    "the control device has not read ntp://a yet: no route",
  );
  assert.equal(wrong({ seen: { clockWarnings: ["a pool is several clocks"] } }).is, "clock warning");
  const stamped = lines({ view: { clusterClock: { offsetMs: -3, errorMs: 1, ageMs: 9000 } } }).at(-1);
  assert.match(
    stamped?.text ?? "",
    /the cluster's own clock was 3\.000 ms ± 1\.000 ms behind the shared one 9 s ago/,
  );
});

test("of two agents both are told: which one acts, and whether the other could take over", () => {
  const acting = {
    agent: "east-1",
    acting: true,
    connected: true,
    dataAddress: "10.0.0.1:7444",
    software: "0.1.0",
    status,
  };
  const agent = { ...wellCluster("east", {}).agent, agent: "east-1" } as ClusterView["agent"];
  const standby = { ...acting, agent: "east-2", acting: false, dataAddress: "10.0.0.2:7444" };
  const of = (change: Partial<typeof standby> | { status: null; software: null }) =>
    lines({ view: { agent }, seen: { crew: [acting, { ...standby, ...change }] } }).filter(
      ({ about }) => about === "agent",
    );
  assert.deepEqual(
    of({}).map(({ level, text }) => [level, text]),
    [
      ["ok", "east-1 is connected and acts; peers reach it at 10.0.0.1:7444"],
      ["ok", "east-2 stands by, version 0.1.0; peers reach it at 10.0.0.2:7444; it reaches the cluster"],
    ],
  );
  const cases = [
    [{ connected: false, status: null, software: null }, /not connected: it cannot take over/],
    [{ status: { ...status, reachable: false, cause: "no route" } }, /does not reach the cluster: no route/],
    [{ status: null, software: "0.1.0" }, /has not told of the cluster yet/],
    [{ software: "0.0.9" }, /version 0\.0\.9; .*, the control device's is 0\.1\.0/],
  ] as const;
  for (const [change, pattern] of cases) {
    const [own, other] = of(change as Partial<typeof standby>);
    assert.equal(own?.level, "ok");
    assert.equal(other?.level, "warning");
    assert.match(other?.text ?? "", pattern);
    assert.notEqual(other?.fix ?? "", "", "what mends it is told");
  }
});
