import assert from "node:assert/strict";
import { test } from "node:test";
import type { Files } from "@coeval/core/ports/files";
import type { World } from "@coeval/core/ports/world";
import { createTlsNetwork } from "@coeval/platform/network";
import { createParties, keptLog } from "@coeval/platform/testing/parties";
import { createRenewal } from "./renewal.ts";

async function enrolled() {
  const ours = await createParties();
  const log = keptLog();
  const saved: string[] = [];
  const committed = Promise.withResolvers<void>();
  const files = {
    create: async (path: string) => ({
      write: async () => void saved.push(path),
      commit: async () => committed.resolve(),
      abort: async () => undefined,
    }),
  } as unknown as Files;
  const world = { log, files } as unknown as World;
  const identity = await ours.agent();
  const renewal = createRenewal(world, identity, createTlsNetwork(world, { identity }));
  return { ours, log, saved, committed: committed.promise, identity, renewal };
}

test("a certificate that fits the key is used and saved", async () => {
  const { ours, log, saved, committed, identity, renewal } = await enrolled();
  const next = await ours.agent("berlin", "agent-1", identity.key);
  renewal.take(next);
  assert.equal(renewal.identity.certificate, next.certificate);
  await committed;
  assert.deepEqual(saved, ["identity.pem"]);
  assert.deepEqual(log.lines, []);
});

test("a certificate of another key, or none at all, is told in the log and the one in use stays", async () => {
  const { ours, log, saved, identity, renewal } = await enrolled();
  const { certificate, authority } = await ours.agent();
  renewal.take({ certificate, authority });
  renewal.take({ certificate: "no certificate", authority });
  assert.deepEqual(renewal.identity, identity);
  assert.deepEqual(saved, []);
  assert.deepEqual(
    log.lines.map(({ event, fields }) => [event, fields["code"]]),
    [
      ["certificate not taken; the one in use stays", "bad-input"],
      ["certificate not taken; the one in use stays", "bad-input"],
    ],
  );
});
