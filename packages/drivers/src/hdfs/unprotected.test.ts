import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import { HdfsError, type HdfsErrorCode } from "@coeval/hadoop/errors";
import type { FileSystem } from "./file-system.ts";
import { unprotected } from "./unprotected.ts";

const cancel = new AbortController().signal;
const FORM = { mode: 0o644, replication: 1, blockSize: 1024 };

const failing = (code: HdfsErrorCode): FileSystem => {
  const cause = new HdfsError({ code, reason: "it ended", operation: "OPEN", path: "/f" });
  const fail = async (): Promise<never> => {
    throw new CoevalError("cluster-unreachable", cause.message, { evidence: ["/f"], cause });
  };
  const open = () => ({ [Symbol.asyncIterator]: () => ({ next: fail }) });
  return unprotected({ create: fail, open } as unknown as FileSystem);
};

test("a connection that a DataNode ends is told with what may be missing, in both directions", async () => {
  const fs = failing("connectionLost");
  const told = { code: "cluster-unreachable", evidence: ["/f"], message: /dataTransferProtection/ };
  await assert.rejects(Array.fromAsync(fs.open("/f", 0, 1, cancel)), told);
  await assert.rejects(fs.create("/f", FORM, (async function* nothing() {})(), cancel), told);
});

test("what has another cause is told as it is", async () => {
  const reading = Array.fromAsync(failing("accessControl").open("/f", 0, 1, cancel));
  await assert.rejects(reading, (error: Error) => !error.message.includes("dataTransferProtection"));
});
