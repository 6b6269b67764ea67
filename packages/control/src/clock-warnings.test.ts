import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimeServer } from "@coeval/core/ports/time-source";
import { clockWarnings } from "./clock-warnings.ts";
import type { ClusterView } from "./cluster-view.ts";

const SOURCE = "ntp://time.example";

function server(change: Partial<TimeServer> = {}): TimeServer {
  return {
    asked: SOURCE,
    address: "10.0.0.5:123",
    referenceId: "C0000201",
    stratum: 2,
    utcErrorMs: 1,
    ...change,
  };
}

function cluster(
  agentsServer: TimeServer | null,
  nameNode = "nn.west:9870",
  dataAddress = "10.2.0.7:9000",
): ClusterView {
  return {
    cluster: { name: "west", hdfs: { url: `webhdfs://${nameNode}`, user: "coeval" }, scopes: ["/"] },
    clock: agentsServer && {
      source: SOURCE,
      server: agentsServer,
      offsetMs: 0,
      errorMs: 1,
      ageMs: 0,
      apart: null,
    },
    dataAddress,
  } as Partial<ClusterView> as ClusterView;
}

const own = { source: SOURCE, server: server() };
const textsOf = (view: ClusterView, mine = own) => clockWarnings(mine, [view]).map(({ text }) => text);

test("one server for all, away from the clusters, is nothing to warn of; nor is the control device's own clock", () => {
  assert.deepEqual(textsOf(cluster(server())), []);
  assert.deepEqual(textsOf(cluster(null)), []);
  assert.deepEqual(clockWarnings({ source: "control:1", server: null }, [cluster(null)]), []);
});

test("a pool's name is several clocks, told with both servers", () => {
  assert.deepEqual(textsOf(cluster(server({ address: "10.0.0.6:123", stratum: 3 }))), [
    "ntp://time.example is several clocks: the control device is answered by 10.0.0.5:123 (stratum 2, following C0000201), " +
      "the agent of west by 10.0.0.6:123 (stratum 3, following C0000201); name one server",
  ]);
});

test("under another name the server must seem the same one", () => {
  const inside = { asked: "ntp://192.168.0.5", address: "192.168.0.5:123" };
  assert.deepEqual(textsOf(cluster(server(inside))), []);
  const [text] = textsOf(cluster(server({ ...inside, referenceId: "GPS", stratum: 1 })));
  assert.match(
    text ?? "",
    /^the agent asks ntp:\/\/192\.168\.0\.5 for ntp:\/\/time\.example, which seems to be another server/,
  );
});

test("a server in one cluster's hands is warned of: its NameNode, or its agent", () => {
  assert.match(
    textsOf(cluster(null, "10.0.0.5:9870"))[0] ?? "",
    /^ntp:\/\/time\.example lies with the NameNode of west/,
  );
  assert.match(textsOf(cluster(null, "TIME.example:9870"))[0] ?? "", /lies with the NameNode of west/);
  assert.match(textsOf(cluster(null, "nn:1", "10.0.0.5:9000"))[0] ?? "", /lies with the agent of west/);
  const v6 = { source: "ntp://[2001:db8::5]", server: null };
  assert.match(textsOf(cluster(null, "[2001:db8::5]:9870"), v6 as never)[0] ?? "", /lies with the NameNode/);
});

test("a loopback address is another server on every machine", () => {
  const here = { source: "ntp://127.0.0.1", server: null };
  assert.match(
    textsOf(cluster(null), here as never)[0] ?? "",
    /127\.0\.0\.1 is another server for the agent of west at 10\.2\.0\.7:9000/,
  );
  assert.deepEqual(textsOf(cluster(null, "nn:1", "127.0.0.2:9000"), here as never), []);
});
