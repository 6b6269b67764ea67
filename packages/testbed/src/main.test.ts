import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("./detached.ts", import.meta.url));

describe("`testbed` without a cluster", () => {
  const dir = mkdtempSync(join(tmpdir(), "testbed-words-"));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const testbed = (...args: string[]) => spawnSync(process.execPath, [ENTRY, ...args], { encoding: "utf8" });

  const wrong = [
    [[], /say up or down/],
    [["sideways", "--dir", "x"], /"sideways" is neither up nor down/],
    [["up"], /--dir DIR is missing/],
    [["up", "--dir", "x", "--components", "hive"], /only hdfs exists yet/],
    [["up", "--dir", "x", "-o", "yaml"], /-o yaml/],
    [["up", "--dir", "x", "--journal-nodes", "3"], /--journal-nodes is for --ha/],
    [["up", "--dir", "x", "--frobnicate"], /--frobnicate/],
  ] as const;
  for (const [args, message] of wrong) {
    test(`explains "${args.join(" ")}" and exits 2`, () => {
      const { status, stdout, stderr } = testbed(...args);
      assert.equal(status, 2);
      assert.equal(stdout, "");
      assert.match(stderr, message);
    });
  }

  test("refuses what no cluster could have before anything is started", () => {
    const none = testbed("up", "--dir", join(dir, "none"), "--data-nodes", "0");
    assert.equal(none.status, 1);
    assert.match(none.stderr, /option dataNodes: 0 is not a whole number from 1 to 8/);
    const two = testbed("up", "--dir", join(dir, "two"), "--ha", "--journal-nodes", "2");
    assert.match(two.stderr, /option highAvailability.journalNodes: 2 is neither 1 nor 3/);
  });

  test("`down` on a folder that never was is success", () => {
    assert.equal(testbed("down", "--dir", join(dir, "never")).status, 0);
  });

  test("a record of processes that ended long ago ends nobody", () => {
    const stale = {
      cluster: "east",
      owner: { pid: 1, startTicks: -1 },
      daemons: [{ role: "namenode", pid: process.pid, startTicks: -1 }],
    };
    writeFileSync(join(dir, "testbed.json"), JSON.stringify(stale));
    const { status, stderr } = testbed("down", "--dir", dir);
    assert.equal(status, 0);
    assert.doesNotMatch(stderr, /ended/);
  });
});
