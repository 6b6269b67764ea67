import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "@coeval/core/model/entry";
import { tallyManifest } from "@coeval/core/model/manifest";
import type { World } from "@coeval/core/ports/world";
import { chanceOf } from "@coeval/core/testing/chance";
import { fakeHash, fakeSignatures } from "@coeval/core/testing/fake-hash";
import { inOrder, randomTree } from "@coeval/core/testing/trees";
import { agentMigrations } from "@coeval/store/agent/migrations/all";
import { endRun } from "@coeval/store/agent/runs";
import type { AgentTables } from "@coeval/store/agent/tables";
import { openDatabase } from "@coeval/store/database";
import { createKeeping } from "./keeping.ts";
import { createFakeFiles } from "./testing/fake-files.ts";
import { createFakeTime } from "./testing/fake-time.ts";

const entries = inOrder(randomTree(chanceOf(2), 9));
const tally = tallyManifest(fakeHash);
for (const entry of entries) tally.line(entry);
const manifestSha256 = tally.summary().sha256;
const point = { service: "billing", run: "run-1", role: "primary" } as const;

async function keeper() {
  const files = createFakeFiles();
  const { db } = await openDatabase<AgentTables>(":memory:", agentMigrations);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const clock = createFakeTime().clock();
  const random = { bytes: (length: number) => new Uint8Array(length) };
  const world: World = { clock, random, hash: fakeHash, signatures: fakeSignatures, files, log };
  const keeping = createKeeping(world, db);
  const page = async (before: number, some: readonly Entry[], sha256: string | null, run = "run-1") => {
    const end = sha256 === null ? null : { manifestSha256: sha256, certificate: null };
    const answer = await keeping.keep({
      say: "keep-point",
      number: 1,
      ...point,
      run,
      before,
      entries: [...some] as never,
      end,
    });
    return answer.say === "kept" ? (answer.failure?.code ?? "kept") : answer.say;
  };
  const holds = async (run = "run-1") => {
    const asked = {
      say: "holds-point",
      number: 2,
      service: "billing",
      run,
      certificateSha256: null,
    } as const;
    const answer = await keeping.holds(asked);
    return answer.say === "held" && answer.held;
  };
  return { db, files, page, holds };
}

test("a manifest that comes in pages counts when it is whole and hashes as it must", async () => {
  const { page, holds } = await keeper();
  assert.equal(await page(0, entries.slice(0, 4), null), "kept");
  assert.equal(await holds(), false);
  assert.equal(await page(4, entries.slice(4), manifestSha256), "kept");
  assert.equal(await holds(), true);
});

test("a page that does not follow, and a whole that is another one, leave nothing", async () => {
  const { page, holds } = await keeper();
  await page(0, entries.slice(0, 4), null);
  assert.equal(await page(5, entries.slice(5), manifestSha256), "protocol");
  assert.equal(await page(4, entries.slice(4), manifestSha256), "protocol");
  assert.equal(await page(0, entries.slice(1), manifestSha256), "corrupt");
  assert.equal(await holds(), false);
});

test("of a run that ended without a point nothing is kept, however late it comes", async () => {
  const { db, page, holds } = await keeper();
  await endRun(db, "run-1", "void");
  assert.equal(await page(0, entries, manifestSha256), "released");
  assert.equal(await holds(), false);
});

test("beside a primary the newest point's manifest alone is kept", async () => {
  const { page, holds } = await keeper();
  await page(0, entries, manifestSha256);
  await page(0, entries, manifestSha256, "run-2");
  assert.deepEqual([await holds("run-1"), await holds("run-2")], [false, true]);
});
