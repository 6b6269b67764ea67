import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { Component } from "@coeval/core/ports/component";
import { proveIdentity } from "./identity.ts";

const cancel = new AbortController().signal;
const DOWN: ClusterStatus = {
  reachable: false,
  cause: "the key server does not answer",
  identity: null,
  version: null,
  safeMode: false,
  capacityBytes: null,
  remainingBytes: null,
};
const saying = (status: ClusterStatus) => ({ probe: async () => status }) as unknown as Component;

test("a cluster that cannot be reached is refused by the cause's own code, which says whether to wait", async () => {
  const message = "east: the key server does not answer";
  await assert.rejects(proveIdentity(saying({ ...DOWN, code: "kdc-unreachable" }), null, "east", cancel), {
    code: "kdc-unreachable",
    message,
  });
  await assert.rejects(proveIdentity(saying(DOWN), null, "east", cancel), {
    code: "cluster-unreachable",
    message,
  });
});
