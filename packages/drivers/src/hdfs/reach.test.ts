import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HdfsEndpoint } from "@coeval/core/model/cluster";
import type { KerberosLogin } from "@coeval/hadoop/sasl/kerberos-login";
import { type LocalAccess, NOTHING_LOCAL } from "./local-access.ts";
import { reachOf } from "./reach.ts";

const DIRECT: HdfsEndpoint = { url: "hdfs://nn1:8020,nn2:8020", web: "webhdfs://nn1:9870,nn2:9870" };
const SAID: HdfsEndpoint = { ...DIRECT, kerberos: { nameNode: "nn/_HOST@EAST.TEST" } };
const NAMED = {
  "dfs.nameservices": "east",
  "dfs.ha.namenodes.east": "a,b",
  "dfs.namenode.rpc-address.east.a": "ea:8020",
  "dfs.namenode.rpc-address.east.b": "eb:9000",
  "dfs.namenode.http-address.east.a": "ea:9870",
  "dfs.namenode.http-address.east.b": "eb:9870",
};
const SECURED = {
  "hadoop.security.authentication": "kerberos",
  "hadoop.rpc.protection": "privacy",
  "dfs.namenode.kerberos.principal": "nn/_HOST@EAST.TEST",
  "dfs.data.transfer.protection": "integrity",
};

const proofOf = (principal: string) => ({ principal, login: { principal } as KerberosLogin });
const PROOF = proofOf("coeval@EAST.TEST");
const confOf = (properties: Readonly<Record<string, string>>) => ({
  folder: "/etc/hadoop/conf",
  site: new Map(Object.entries(properties)),
});

const refused = (
  endpoint: HdfsEndpoint,
  local: Partial<LocalAccess>,
  code: string,
  message: RegExp,
): void => {
  assert.throws(() => reachOf(endpoint, { ...NOTHING_LOCAL, ...local }), { code, message });
};

describe("where", () => {
  test("by the endpoint's own addresses, whatever the agent has", () => {
    const { nameNodes, web, user } = reachOf({ ...DIRECT, user: "coeval" }, NOTHING_LOCAL);
    assert.deepEqual(
      nameNodes.map(({ host, port }) => `${host}:${port}`),
      ["nn1:8020", "nn2:8020"],
    );
    assert.deepEqual(
      web.map(({ host, port }) => `${host}:${port}`),
      ["nn1:9870", "nn2:9870"],
    );
    assert.equal(user, "coeval");
    const overWeb = reachOf({ url: "webhdfs://nn:9870", user: "coeval" }, NOTHING_LOCAL);
    assert.deepEqual([overWeb.nameNodes.length, overWeb.web[0]?.port], [0, 9870]);
  });

  test("by a nameservice that the agent's own configuration resolves, its web addresses too", () => {
    const local = { ...NOTHING_LOCAL, conf: confOf(NAMED) };
    const { nameNodes, web } = reachOf({ url: "hdfs://east", user: "coeval" }, local);
    assert.deepEqual(
      nameNodes.map(({ host, port }) => `${host}:${port}`),
      ["ea:8020", "eb:9000"],
    );
    assert.deepEqual(
      web.map(({ host, port }) => `${host}:${port}`),
      ["ea:9870", "eb:9870"],
    );
  });

  test("a nameservice that the agent does not know is named, with the fix", () => {
    const named = { url: "hdfs://east", user: "coeval" };
    refused(named, {}, "bad-input", /names no port, so it is a nameservice.*give the agent --hadoop-conf/);
    const other = { "dfs.nameservices": "west", "dfs.namenode.rpc-address.west": "w:8020" };
    refused(
      named,
      { conf: confOf(other) },
      "bad-input",
      /\/etc\/hadoop\/conf knows no nameservice 'east' \(dfs.nameservices: west\)/,
    );
    const broken = { ...NAMED, "dfs.namenode.rpc-address.east.b": "eb:port" };
    refused(named, { conf: confOf(broken) }, "bad-input", /--hadoop-conf \/etc\/hadoop\/conf: dfs.namenode/);
  });
});

describe("as whom", () => {
  test("by Kerberos the principal's short name, from the document or from the agent's configuration alike", () => {
    for (const endpoint of [SAID, { ...SAID, user: "coeval" }]) {
      const { user, kerberos } = reachOf(endpoint, { proof: PROOF, conf: null });
      assert.equal(user, "coeval");
      assert.equal(kerberos?.serverPrincipal, "nn/_HOST@EAST.TEST");
      assert.equal(kerberos.realm, "EAST.TEST");
      assert.deepEqual(kerberos.rpcProtections, ["auth-conf", "auth-int", "auth"], "the strongest first");
      assert.equal(kerberos.dataTransferProtections, null);
    }
    const own = reachOf(DIRECT, { proof: proofOf("coeval/host@EAST.TEST"), conf: confOf(SECURED) });
    assert.equal(own.user, "coeval");
    assert.deepEqual(own.kerberos?.rpcProtections, ["auth-conf"]);
    assert.deepEqual(own.kerberos?.dataTransferProtections, ["auth-int"]);
  });

  test("what the document says of protection goes before the agent's configuration", () => {
    const kerberos = { nameNode: "nn/_HOST@EAST.TEST", dataTransferProtection: "privacy" } as const;
    const reach = reachOf({ ...DIRECT, kerberos }, { proof: PROOF, conf: confOf(SECURED) });
    assert.deepEqual(reach.kerberos?.dataTransferProtections, ["auth-conf"]);
  });

  test("another user than the principal's is refused", () => {
    refused(
      { ...SAID, user: "hdfs" },
      { proof: PROOF },
      "bad-input",
      /spec\.hdfs\.user is 'hdfs', but the agent proves to be coeval@EAST\.TEST.*leave spec\.hdfs\.user out/,
    );
  });

  test("the cluster's own rules decide who a principal is, where the agent has them", () => {
    const rules = { ...SECURED, "hadoop.security.auth_to_local": "RULE:[1:$1](coeval-.*)s/-.*//" };
    const local = { proof: proofOf("coeval-prod@EAST.TEST"), conf: confOf(rules) };
    assert.equal(reachOf({ ...DIRECT, user: "coeval" }, local).user, "coeval");
    refused(DIRECT, { ...local, proof: PROOF }, "bad-input", /coeval@EAST\.TEST is nobody to this cluster/);
    const foreign = proofOf("coeval@NORTH.TEST");
    refused(
      SAID,
      { proof: foreign },
      "bad-input",
      /only principals of EAST\.TEST have a name.*--hadoop-conf/,
    );
  });

  test("without Kerberos somebody must be named", () => {
    refused(DIRECT, {}, "bad-input", /spec\.hdfs\.user is missing/);
  });

  test("a cluster with Kerberos wants a key", () => {
    refused(SAID, {}, "kerberos-wanted", /give the agent --keytab and --principal/);
    refused(DIRECT, { conf: confOf(SECURED) }, "kerberos-wanted", /give the agent --keytab and --principal/);
  });

  test("an agent with a key is never just believed: something must say whom it speaks to", () => {
    refused(
      { ...DIRECT, user: "coeval" },
      { proof: PROOF },
      "bad-input",
      /has a key of coeval@EAST\.TEST, but nothing says.*spec\.hdfs\.kerberos\.nameNode/,
    );
    const nameless = { ...SECURED, "dfs.namenode.kerberos.principal": "" };
    refused(DIRECT, { proof: PROOF, conf: confOf(nameless) }, "bad-input", /without dfs\.namenode\.kerberos/);
  });

  test("two principals for one NameNode are told, not chosen from", () => {
    const other = { ...SECURED, "dfs.namenode.kerberos.principal": "nn/_HOST@WEST.TEST" };
    refused(
      SAID,
      { proof: PROOF, conf: confOf(other) },
      "bad-input",
      /is 'nn\/_HOST@EAST\.TEST', but .* of \/etc\/hadoop\/conf is 'nn\/_HOST@WEST\.TEST'/,
    );
  });
});
