import assert from "node:assert/strict";
import { test } from "node:test";
import { HdfsError, type HdfsErrorCode } from "@coeval/hadoop/errors";
import type { ClusterInfo } from "@coeval/hadoop/hdfs/cluster-info";
import { firstAnswering, type WebAnswers } from "./web-answers.ts";

const answering = (haState: string, setting: string | null = haState): WebAnswers => ({
  getConfiguration: async () => setting,
  getClusterInfo: async () => ({ haState }) as ClusterInfo,
});
const failing = (code: HdfsErrorCode): WebAnswers => {
  const fail = async (): Promise<never> => {
    throw new HdfsError({ code, reason: "it failed", operation: "conf", path: "/" });
  };
  return { getConfiguration: fail, getClusterInfo: fail };
};

test("a NameNode that is down is passed over", async () => {
  const answers = firstAnswering([failing("unreachable"), failing("timeout"), answering("active")]);
  assert.equal(await answers.getConfiguration("dfs.replication"), "active");
  assert.equal((await answers.getClusterInfo()).haState, "active");
});

test("the active one is believed before one that stands by, and that one before none", async () => {
  const both = firstAnswering([answering("standby"), answering("active")]);
  assert.equal((await both.getClusterInfo()).haState, "active");
  const alone = firstAnswering([answering("standby"), failing("unreachable")]);
  assert.equal((await alone.getClusterInfo()).haState, "standby");
});

test("a property that nobody sets is null, not an error", async () => {
  const answers = firstAnswering([answering("standby", null), failing("unreachable")]);
  assert.equal(await answers.getConfiguration("nobody.sets.it"), null);
});

test("when none answers it fails as the last one did; a refusal is not asked around", async () => {
  const down = firstAnswering([failing("timeout"), failing("unreachable")]);
  await assert.rejects(down.getConfiguration("a"), { code: "unreachable" });
  const refusing = firstAnswering([failing("authentication"), answering("active")]);
  await assert.rejects(refusing.getClusterInfo(), { code: "authentication" });
});
