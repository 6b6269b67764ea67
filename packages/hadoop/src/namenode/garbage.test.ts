import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isHdfsError } from "../errors.ts";
import { CLIENT_PROTOCOL } from "./protocol.ts";
import { ClientNamenodeProtocol } from "../proto/generated/client_namenode_pb.ts";
import { createRpcClient } from "../rpc/client.ts";
import { lengthPrefix } from "../rpc/frame.ts";
import { scriptedServers } from "../rpc/scripted-servers.ts";
import { collect } from "../webhdfs/probes.ts";
import answers from "./fixtures/answers.json" with { type: "json" };
import { type RecordedClient, recordedNameNode } from "./recorded-name-node.ts";

const RANGE = { offsetBytes: 0, lengthBytes: 1 };
const calls: readonly ((client: RecordedClient) => Promise<unknown>)[] = [
  (client) => client.getFileStatus("/d"),
  (client) => client.listStatusPage("/d", ""),
  (client) => client.listLocatedPage("/d", ""),
  (client) => client.getBlockLocations("/d", RANGE),
  (client) => client.getAclStatus("/d"),
  (client) => client.getXAttrs("/d"),
  (client) => client.getStoragePolicy("/d"),
  (client) => client.getContentSummary("/d"),
  (client) => client.getQuotaUsage("/d"),
  (client) => client.getSnapshots("/d"),
  (client) => client.getSnapshottableDirectories(),
  (client) => client.getSnapshotDiff("/d", "s", ""),
  (client) => client.getSnapshotDiffPages("/d", "s", "")[Symbol.asyncIterator]().next(),
  (client) => client.getServerDefaults(),
  (client) => client.getNamespaceIdentity(),
  (client) => client.getDataNodes("all"),
  (client) => client.getEdits(1),
  (client) => client.getErasureCodingPolicies(),
  (client) => client.getEncryptionZone("/d"),
  (client) => client.delete("/d", { recursive: true }),
  (client) => client.createSnapshot("/d", "s"),
  (client) => collect(client.listOpenFiles("/d")),
];

/** How a message is spoilt. */
const spoil: fc.Arbitrary<(message: Uint8Array) => Uint8Array> = fc.oneof(
  fc.nat().map((at) => (message: Uint8Array) => message.subarray(0, at % (message.length + 1))),
  fc
    .array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 })
    .map((changes) => (message: Uint8Array) => {
      const changed = message.slice();
      for (const [at, byte] of changes) if (changed.length > 0) changed[at % changed.length] = byte;
      return changed;
    }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => () => bytes),
  fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 20 })).map(([at, bytes]) => (message: Uint8Array) => {
    const cut = at % (message.length + 1);
    return Uint8Array.of(...message.subarray(0, cut), ...bytes, ...message.subarray(cut));
  }),
);

const recordings: Readonly<Record<string, string>> = { ...answers, delete: answers.truncate };

test("whatever an answer holds, a call ends with a value or with an error of its own", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...calls), spoil, async (call, change) => {
      const { client, clock } = recordedNameNode(recordings, change);
      await clock.run(call(client)).catch((error: unknown) => assert.ok(isHdfsError(error), String(error)));
    }),
    { numRuns: 500 },
  );
});

test("whatever bytes come in place of an answer, the call ends", async () => {
  const frames = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 60 }).map((frame) => Uint8Array.of(...lengthPrefix(frame.length), ...frame)),
    fc.integer().map((length) => lengthPrefix(length)),
  );
  await fc.assert(
    fc.asyncProperty(frames, async (bytes) => {
      const { world } = scriptedServers(() => ({ kind: "bytes", bytes }));
      const options = { servers: [{ host: "nn", port: 1 }], protocol: CLIENT_PROTOCOL };
      const client = createRpcClient(world, { ...options, identity: { kind: "simple", user: "u" } });
      const asked = client.ask(ClientNamenodeProtocol.method.getFileInfo, { src: "/" }, { path: "/" });
      await world.clock.run(asked).catch((error: unknown) => assert.ok(isHdfsError(error), String(error)));
      client.close();
    }),
    { numRuns: 250 },
  );
});
