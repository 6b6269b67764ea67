import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ClusterOptions, checkOptions } from "./options.ts";
import { clientSite, coreSite, dataNodeSite, nameNodeSite, type Plan, siteXml } from "./site.ts";

const ADDRESSES = {
  nameNodeRpc: "127.0.0.1:1",
  nameNodeHttp: "127.0.0.1:2",
  nameservice: null,
  nameNodes: [{ rpc: "127.0.0.1:1", http: "127.0.0.1:2" }],
  journalNodes: [],
  dataNodes: [{ transfer: "127.0.0.1:3", http: "127.0.0.1:4", ipc: "127.0.0.1:5" }],
};
const plan = (options: ClusterOptions): Plan => ({ dir: "/c", addresses: ADDRESSES, options, realm: null });
const DELAY = "dfs.client.block.write.locateFollowingBlock.initial.delay.ms";

describe("the configuration of a cluster", () => {
  test("is Hadoop's own where nothing is asked for", () => {
    const nameNode = nameNodeSite(plan({}));
    assert.equal(nameNode["dfs.blocksize"], "134217728");
    assert.equal(nameNode["dfs.namenode.snapshot.capture.openfiles"], "false");
    assert.equal(nameNode["dfs.permissions.enabled"], "true");
    assert.equal(DELAY in dataNodeSite(plan({}), 0, 0), false);
  });

  test("gives the locate delay to the DataNode, and to nobody else", () => {
    const options = { dataNodeLocateDelayMs: 1 };
    assert.equal(dataNodeSite(plan(options), 0, 0)[DELAY], "1");
    assert.equal(DELAY in nameNodeSite(plan(options)), false);
  });

  test("lets the caller's own properties win", () => {
    const options = {
      captureOpenFiles: true,
      hdfsSite: { "dfs.namenode.snapshot.capture.openfiles": "false" },
    };
    assert.equal(nameNodeSite(plan(options))["dfs.namenode.snapshot.capture.openfiles"], "false");
  });

  test("names the groups of the superuser and of the caller's users", () => {
    const site = coreSite(plan({ groups: { alice: ["staff", "audit"] } }));
    assert.equal(site["hadoop.user.group.static.mapping.overrides"], "hdfs=supergroup;alice=staff,audit");
  });

  test("keeps three replicas where there are three DataNodes or more, and one on one", () => {
    assert.equal(clientSite(plan({}))["dfs.replication"], "1");
    assert.equal(clientSite(plan({ dataNodes: 5 }))["dfs.replication"], "3");
    assert.equal(clientSite(plan({ dataNodes: 5, replication: 2 }))["dfs.replication"], "2");
  });

  test("of a pair of NameNodes names the nameservice, and no single NameNode", () => {
    const server = { rpc: "127.0.0.1:6", http: "127.0.0.1:7" };
    const addresses = {
      ...ADDRESSES,
      nameservice: "east",
      nameNodes: [...ADDRESSES.nameNodes, server],
      journalNodes: [server],
    };
    const pair = { ...plan({ highAvailability: {} }), addresses };
    const second = nameNodeSite(pair, 1);
    assert.equal(coreSite(pair)["fs.defaultFS"], "hdfs://east");
    assert.equal(second["dfs.ha.namenodes.east"], "nn1,nn2");
    assert.equal(second["dfs.ha.namenode.id"], "nn2");
    assert.equal(second["dfs.namenode.rpc-address.east.nn2"], "127.0.0.1:6");
    assert.equal("dfs.namenode.rpc-address" in second, false);
    assert.equal(second["dfs.namenode.shared.edits.dir"], "qjournal://127.0.0.1:6/east");
    assert.notEqual(second["dfs.namenode.name.dir"], nameNodeSite(pair, 0)["dfs.namenode.name.dir"]);
  });

  test("of Kerberos protects calls and data, and shows keytabs to daemons alone", () => {
    const realm = { realm: "EAST.TEST", keytabs: { nn: "/c/nn.keytab", HTTP: "/c/HTTP.keytab" } };
    const secure = { ...plan({ kerberos: {} }), realm };
    assert.equal(coreSite(secure)["hadoop.rpc.protection"], "privacy");
    assert.match(coreSite(secure)["hadoop.security.auth_to_local"] ?? "", /\(nn@\.\*\)s\/\.\*\/hdfs\//);
    assert.equal(nameNodeSite(secure)["dfs.namenode.keytab.file"], "/c/nn.keytab");
    assert.equal("dfs.namenode.keytab.file" in clientSite(secure), false);
    assert.equal(clientSite(secure)["dfs.data.transfer.protection"], "privacy");
    const encrypted = clientSite({ ...plan({ kerberos: { dataTransfer: "encrypted" } }), realm });
    assert.equal(encrypted["dfs.encrypt.data.transfer"], "true");
    assert.equal("dfs.data.transfer.protection" in encrypted, false);
  });

  test("is written so that any value survives", () => {
    assert.match(siteXml({ key: "a<b&c>" }), /<name>key<\/name><value>a&lt;b&amp;c&gt;<\/value>/);
  });
});

describe("options that no cluster could run with", () => {
  const cases = [
    [{ dataNodes: 0 }, /option dataNodes/],
    [{ replication: 2 }, /option replication/],
    [{ blockSizeBytes: 1000 }, /option blockSizeBytes/],
    [{ highAvailability: { journalNodes: 2 } }, /option highAvailability.journalNodes/],
    [{ highAvailability: { nameservice: "a.b" } }, /option highAvailability.nameservice/],
    [{ dataNodeCapacityBytes: -1 }, /option dataNodeCapacityBytes/],
  ] as const;
  for (const [options, message] of cases) {
    test(`are refused by name: ${JSON.stringify(options)}`, () => {
      assert.throws(() => checkOptions("east", options), message);
    });
  }
  test("a name that is no folder name is refused", () => {
    assert.throws(() => checkOptions("../east", {}), /no cluster name/);
  });
});
