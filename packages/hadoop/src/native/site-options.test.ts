import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfFolder } from "./conf-folder.ts";
import { siteOptions } from "./site-options.ts";

const xml = (properties: Readonly<Record<string, string>>): string => {
  const each = Object.entries(properties).map(
    ([name, value]) => `<property><name>${name}</name><value>${value}</value></property>`,
  );
  return `<configuration>${each.join("")}</configuration>`;
};

const site = (core: Readonly<Record<string, string>>, hdfs: Readonly<Record<string, string>> = {}) =>
  readConfFolder("/etc/hadoop/conf/", async (path) =>
    path === "/etc/hadoop/conf/core-site.xml" ? xml(core) : xml(hdfs),
  );

test("a cluster with one NameNode is reached at fs.defaultFS", async () => {
  const [only, ...others] = siteOptions(await site({ "fs.defaultFS": "hdfs://nn.example:9000" }));
  assert.deepEqual(others, []);
  assert.deepEqual(only?.nameNodes, [{ host: "nn.example", port: 9000 }]);
  assert.deepEqual([only?.nameservice, only?.kerberos, only?.rpcProtections], [null, false, ["auth"]]);
});

test("every nameservice has its NameNodes, and what protects the talk with them", async () => {
  const all = siteOptions(
    await site(
      {
        "fs.defaultFS": "hdfs://east",
        "hadoop.security.authentication": "kerberos",
        "hadoop.rpc.protection": "privacy,integrity",
        "ipc.client.rpc-timeout.ms": "30000",
      },
      {
        "dfs.nameservices": "east, west",
        "dfs.ha.namenodes.east": "nn1,nn2",
        "dfs.namenode.rpc-address.east.nn1": "e1:8020",
        "dfs.namenode.rpc-address.east.nn2": "e2:8020",
        "dfs.namenode.rpc-address.west": "w:8020",
        "dfs.namenode.kerberos.principal": "nn/_HOST@EAST.TEST",
        "dfs.data.transfer.protection": "privacy",
        "dfs.client.use.datanode.hostname": "true",
      },
    ),
  );
  assert.deepEqual(
    all.map(({ nameservice, nameNodes }) => [nameservice, nameNodes.map(({ host }) => host)]),
    [
      ["east", ["e1", "e2"]],
      ["west", ["w"]],
    ],
  );
  const [east] = all;
  assert.deepEqual(
    [east?.kerberos, east?.serverPrincipal, east?.useHostName],
    [true, "nn/_HOST@EAST.TEST", true],
  );
  assert.deepEqual(
    [east?.rpcProtections, east?.dataTransferProtections, east?.callMsMax, east?.connectMsMax],
    [["auth-conf", "auth-int"], ["auth-conf"], 30_000, undefined],
  );
});

test("a fault is named with its property", async () => {
  const faults = [
    [{ "fs.defaultFS": "file:///" }, {}, /dfs\.namenode\.rpc-address is not set/],
    [
      {},
      { "dfs.nameservices": "e", "dfs.ha.namenodes.e": "a" },
      /dfs\.namenode\.rpc-address\.e\.a is not set/,
    ],
    [{ "fs.defaultFS": "hdfs://a:99999" }, {}, /dfs\.namenode\.rpc-address: "a:99999" is no address/],
    [{ "fs.defaultFS": "hdfs://a", "hadoop.rpc.protection": "none" }, {}, /hadoop\.rpc\.protection: /],
    [
      { "fs.defaultFS": "hdfs://a", "ipc.client.connect.timeout": "1s" },
      {},
      /ipc\.client\.connect\.timeout: "1s"/,
    ],
  ] as const;
  for (const [core, hdfs, fault] of faults) {
    const read = await site(core, hdfs);
    assert.throws(() => siteOptions(read), fault);
  }
  await assert.rejects(
    readConfFolder("/none", async () => null),
    /\/none holds neither core-site\.xml nor hdfs-site\.xml/,
  );
});
