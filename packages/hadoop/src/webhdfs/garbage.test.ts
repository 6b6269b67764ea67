import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isHdfsError } from "../errors.ts";
import type { HdfsClient } from "../hdfs/client.ts";
import { createWebHdfsClient } from "./client.ts";
import { MalformedAnswer, parseExact } from "./decode.ts";
import { decodeFileBlocks } from "./content-codec.ts";
import blockLocations from "./fixtures/block-locations.json" with { type: "json" };
import directoryPage from "./fixtures/directory-page.json" with { type: "json" };
import jmxInfo from "./fixtures/jmx-info.json" with { type: "json" };
import snapshotDiffPage from "./fixtures/snapshot-diff-page.json" with { type: "json" };
import { collect } from "./probes.ts";
import { type Answer, replayedWorld } from "./replayed-world.ts";

const calls: ((client: HdfsClient) => Promise<unknown>)[] = [
  (client) => client.getFileStatus("/f"),
  (client) => client.listStatusPage("/d", ""),
  (client) => client.getAclStatus("/f"),
  (client) => client.getXAttrs("/f"),
  (client) => client.getStoragePolicy("/f"),
  (client) => client.getContentSummary("/f"),
  (client) => client.getQuotaUsage("/f"),
  (client) => client.getBlockLocations("/f", { offsetBytes: 0, lengthBytes: 1 }),
  (client) => client.getFileChecksum("/f"),
  (client) => client.getSnapshots("/r"),
  (client) => client.getSnapshottableDirectories(),
  (client) => client.getSnapshotDiff("/r", "a", "b"),
  (client) => client.getServerDefaults(),
  (client) => client.getClusterInfo(),
  (client) => client.getConfiguration("k"),
  (client) => client.createSnapshot("/r", "s"),
  (client) => client.delete("/f", { recursive: false }),
  (client) => client.rename("/f", "/g", { overwrite: false }),
  (client) => collect(client.listOpenFiles("/f")),
  (client) => collect(client.open("/f", { offsetBytes: 0, lengthBytes: 1 })),
];

function clientOf(answer: Answer): HdfsClient {
  const nameNode = { host: "namenode", port: 9870, secure: false };
  return createWebHdfsClient(replayedWorld(() => answer).world, {
    nameNode,
    identity: { kind: "simple", user: "u" },
  });
}

/** The call succeeds or fails with an error of ours; anything else is a defect. */
async function survives(answer: Answer, call: (client: HdfsClient) => Promise<unknown>): Promise<void> {
  await call(clientOf(answer)).catch((error: unknown) => {
    assert.ok(isHdfsError(error), String(error));
    assert.ok(error.message.length < 2000 && !error.message.includes("\n"), error.message);
  });
}

const answer = fc.record({
  status: fc.constantFrom(200, 200, 200, 201, 204, 307, 400, 403, 404, 500),
  headers: fc.record({
    "content-type": fc.constantFrom(
      "application/json",
      "application/json;charset=utf-8",
      "text/html",
      undefined,
    ),
    location: fc.option(fc.string(), { nil: undefined }),
  }),
  body: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json(), fc.string({ unit: "binary" })),
});

test("no operation survives garbage with anything but an error that names it", async () => {
  await fc.assert(
    fc.asyncProperty(answer, fc.constantFrom(...calls), (given, call) => survives(given, call)),
    { numRuns: 2000 },
  );
});

test("a true answer with any one value exchanged is read or refused, never believed half", async () => {
  const recordings = [directoryPage, snapshotDiffPage, jmxInfo, blockLocations];
  const swapped = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(null, -1, 1e300, 0.5, "", "/", "\ud800", "\0", [], {}),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...recordings),
      fc.nat(),
      swapped,
      fc.constantFrom(...calls),
      async (recorded, nth, value, call) => {
        let seen = 0;
        const json = JSON.parse(recorded.response.body, (_, old: unknown) =>
          seen++ === nth % 60 ? value : old,
        ) as unknown;
        await survives({ ...recorded.response, body: JSON.stringify(json) }, call);
      },
    ),
    { numRuns: 2000 },
  );
});

test("ids that no double holds stay exact, and are refused where a double is needed", () => {
  const text = blockLocations.response.body.replace(/"blockId":\d+/g, '"blockId":-9223372036854775792');
  assert.equal(decodeFileBlocks(parseExact(text)).blocks[0]?.blockId, "-9223372036854775792");
  const long = blockLocations.response.body.replace(/"fileLength":\d+/, '"fileLength":9007199254740993');
  assert.throws(() => decodeFileBlocks(parseExact(long)), MalformedAnswer);
});
