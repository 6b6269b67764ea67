import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkOptions } from "./options.ts";
import { coreSite, dataNodeSite, nameNodeSite, siteXml } from "./site.ts";

const ADDRESSES = {
  nameNodeRpc: "127.0.0.1:1",
  nameNodeHttp: "127.0.0.1:2",
  dataNodes: [{ transfer: "127.0.0.1:3", http: "127.0.0.1:4", ipc: "127.0.0.1:5" }],
};
const DELAY = "dfs.client.block.write.locateFollowingBlock.initial.delay.ms";

describe("the configuration of a cluster", () => {
  test("is Hadoop's own where nothing is asked for", () => {
    const nameNode = nameNodeSite("/c", ADDRESSES, {});
    assert.equal(nameNode["dfs.blocksize"], "134217728");
    assert.equal(nameNode["dfs.namenode.snapshot.capture.openfiles"], "false");
    assert.equal(nameNode["dfs.permissions.enabled"], "true");
    assert.equal(DELAY in dataNodeSite("/c", 0, ADDRESSES, {}, 0), false);
  });

  test("gives the locate delay to the DataNode, and to nobody else", () => {
    const options = { dataNodeLocateDelayMs: 1 };
    assert.equal(dataNodeSite("/c", 0, ADDRESSES, options, 0)[DELAY], "1");
    assert.equal(DELAY in nameNodeSite("/c", ADDRESSES, options), false);
  });

  test("lets the caller's own properties win", () => {
    const options = {
      captureOpenFiles: true,
      hdfsSite: { "dfs.namenode.snapshot.capture.openfiles": "false" },
    };
    assert.equal(nameNodeSite("/c", ADDRESSES, options)["dfs.namenode.snapshot.capture.openfiles"], "false");
  });

  test("names the groups of the superuser and of the caller's users", () => {
    const site = coreSite("/c", ADDRESSES, { groups: { alice: ["staff", "audit"] } });
    assert.equal(site["hadoop.user.group.static.mapping.overrides"], "hdfs=supergroup;alice=staff,audit");
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
