import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHdfsUrl, parseServer } from "./endpoint.ts";

test("a URL names one NameNode or several", () => {
  assert.deepEqual(parseHdfsUrl("hdfs://nn1:9000"), [{ host: "nn1", port: 9000 }]);
  assert.deepEqual(parseHdfsUrl("hdfs://nn1/"), [{ host: "nn1", port: 8020 }]);
  assert.deepEqual(parseHdfsUrl("hdfs://[::1]:9000,nn2"), [
    { host: "::1", port: 9000 },
    { host: "nn2", port: 8020 },
  ]);
});

test("what is no address is refused by name", () => {
  for (const url of [
    "http://nn1:9000",
    "hdfs://",
    "hdfs:///data",
    "hdfs://nn1:9000/data",
    "hdfs://a,,b",
    "hdfs://a:0",
  ])
    assert.throws(() => parseHdfsUrl(url), /is no address/, url);
  assert.throws(() => parseHdfsUrl(`hdfs://${Array(17).fill("a").join()}`), /more than 16/);
  assert.throws(() => parseServer("a b:1"), /"a b:1" is no address of a server/);
});
