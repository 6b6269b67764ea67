// The witness must find what differs before its word counts: two equal trees are equal, and every defect that is put
// in on purpose is named.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Pair, testClusters } from "./harness/clusters.ts";
import { equal, inWords } from "./independent/equal.ts";
import { walk } from "./independent/walk.ts";
import type { WebHdfs } from "./independent/webhdfs.ts";
import { ODD_NAMES, setXattr } from "./workload/population.ts";

const ROOT = "/witness";

describe("the independent witness", () => {
  let pair: Pair;
  let here: WebHdfs;
  let there: WebHdfs;

  before(async () => {
    pair = await testClusters();
    there = pair.east.as(pair.east.superuser);
    here = pair.west.as(pair.west.superuser);
    for (const hdfs of [there, here]) await makeTree(hdfs);
  });
  after(() => pair.close());

  const compare = () => equal(walk(there, ROOT), walk(here, ROOT));

  test("equal trees are equal, odd names and all", async () => {
    const found = await compare();
    assert.equal(inWords(found.differences), "");
    assert.equal(found.files, ODD_NAMES.length + 1);
  });

  const defects: Record<string, (hdfs: WebHdfs) => Promise<unknown>> = {
    sha256: (hdfs) => hdfs.write(`${ROOT}/plain`, Buffer.from("plAin")),
    length: (hdfs) => hdfs.write(`${ROOT}/plain`, Buffer.from("plain and more")),
    mtimeMs: (hdfs) => hdfs.call("PUT", `${ROOT}/plain`, "SETTIMES", { modificationtime: TIME + 1 }),
    permission: (hdfs) => hdfs.call("PUT", `${ROOT}/plain`, "SETPERMISSION", { permission: "600" }),
    owner: (hdfs) => hdfs.call("PUT", `${ROOT}/plain`, "SETOWNER", { owner: "bob" }),
    group: (hdfs) => hdfs.call("PUT", `${ROOT}/plain`, "SETOWNER", { group: "audit" }),
    acl: (hdfs) => hdfs.call("PUT", `${ROOT}/plain`, "MODIFYACLENTRIES", { aclspec: "user:bob:r--" }),
    xattrs: (hdfs) => setXattr(hdfs, `${ROOT}/plain`, "user.k", "other"),
    entry: (hdfs) => hdfs.write(`${ROOT}/one more`, Buffer.from("")),
  };
  for (const [field, spoil] of Object.entries(defects)) {
    test(`a difference of ${field} is named`, async () => {
      await spoil(here);
      const { differences } = await compare();
      assert.ok(
        differences.some((difference) => difference.field === field && difference.path !== ""),
        `not named; told was: ${inWords(differences)}`,
      );
      await here.call("DELETE", ROOT, "DELETE", { recursive: true });
      await makeTree(here);
    });
  }

  test("of an open file the stated prefix counts, and nothing less", async () => {
    await there.write(`${ROOT}/plain`, Buffer.from(" and what came after"), { append: true });
    await there.call("PUT", `${ROOT}/plain`, "SETTIMES", { modificationtime: TIME, accesstime: TIME });
    for (const hdfs of [there, here])
      await hdfs.call("PUT", ROOT, "SETTIMES", { modificationtime: TIME, accesstime: TIME });
    const prefixes = new Map([["plain", 5]]);
    const told = await equal(walk(there, ROOT, { prefixes }), walk(here, ROOT), { prefixes });
    assert.equal(inWords(told.differences), "");
    await assert.rejects(
      equal(walk(there, ROOT, { prefixes: new Map([["plain", 99]]) }), walk(here, ROOT)),
      /bytes came of 99/,
    );
  });
});

const TIME = 1_600_000_000_000;

async function makeTree(hdfs: WebHdfs): Promise<void> {
  await hdfs.call("PUT", `${ROOT}/empty directory`, "MKDIRS", { permission: "1777" });
  for (const name of ODD_NAMES) await hdfs.write(`${ROOT}/odd/${name}`, Buffer.from(name));
  await hdfs.write(`${ROOT}/plain`, Buffer.from("plain"));
  await setXattr(hdfs, `${ROOT}/plain`, "user.k", "value");
  await hdfs.call("PUT", `${ROOT}/plain`, "MODIFYACLENTRIES", { aclspec: "user:carol:rw-" });
  const paths = ["plain", "empty directory", ...ODD_NAMES.map((name) => `odd/${name}`), "odd"];
  for (const path of paths)
    await hdfs.call("PUT", `${ROOT}/${path}`, "SETTIMES", { modificationtime: TIME, accesstime: TIME });
}
