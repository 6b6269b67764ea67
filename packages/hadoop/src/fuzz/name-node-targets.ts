/** A NameNode's answers as they are fuzzed: every call of the client whose answer was recorded, and the edit stream. */
import { type RecordedClient, recordedNameNode } from "../namenode/recorded-name-node.ts";
import answers from "../namenode/fixtures/answers.json" with { type: "json" };
import { type FuzzTarget, isTellable, type Spoilt } from "./fuzz.ts";

type Call = (client: RecordedClient) => Promise<unknown>;

const RANGE = { offsetBytes: 0, lengthBytes: 1_000 };
/** An answer that is always the same lets a list go on for ever only if the client does not look where it stands. */
const ITEMS_MAX = 20_000;

const CALLS: readonly Call[] = [
  (client) => client.getFileStatus("/d"),
  (client) => client.listStatusPage("/d", ""),
  (client) => client.listLocatedPage("/d", ""),
  (client) => all(client.listStatus("/d")),
  (client) => client.getBlockLocations("/d", RANGE),
  (client) => client.getAclStatus("/d"),
  (client) => client.getXAttrs("/d"),
  (client) => client.getStoragePolicy("/d"),
  (client) => client.getContentSummary("/d"),
  (client) => client.getQuotaUsage("/d"),
  (client) => client.getSnapshots("/d"),
  (client) => client.getSnapshottableDirectories(),
  (client) => client.getSnapshotDiff("/d", "s", ""),
  (client) => all(client.getSnapshotDiffPages("/d", "s", "")),
  (client) => client.getServerDefaults(),
  (client) => client.getNamespaceIdentity(),
  (client) => client.getDataNodes("all"),
  (client) => client.getErasureCodingPolicies(),
  (client) => client.getErasureCodingPolicy("/d"),
  (client) => client.getEncryptionZone("/d"),
  (client) => client.isInSafeMode(),
  (client) => client.isFileClosed("/d"),
  (client) => client.mkdirs("/d", 0o755),
  (client) => client.rename("/d", "/e", { overwrite: false }),
  (client) => client.delete("/d", { recursive: true }),
  (client) => client.truncate("/d", 5),
  (client) => client.createSnapshot("/d", "s"),
  (client) => client.getCurrentTxid(),
  (client) => all(client.listOpenFiles("/d")),
];

const EDITS: readonly Call[] = [(client) => client.getEdits(1)];

/** See the top of this file. */
export function nameNodeTargets(): FuzzTarget[] {
  return [target("name-node-answers", CALLS), target("edits", EDITS)];
}

const recordings: Readonly<Record<string, string>> = { ...answers, delete: answers.truncate };

function target(name: string, calls: readonly Call[]): FuzzTarget {
  return {
    name,
    run: (spoilt, chance) => ask(chance.of(calls), spoilt),
    isOwn: isTellable,
  };
}

async function ask(call: Call, spoilt: Spoilt): Promise<void> {
  // What is asked again is answered the same, else a list of pages is never seen to stand still.
  const said = new Map<string, Uint8Array>();
  const once = (message: Uint8Array): Uint8Array => {
    const key = message.toHex();
    const known = said.get(key) ?? spoilt(message);
    said.set(key, known);
    return known;
  };
  const { client, clock } = recordedNameNode(recordings, once);
  await clock.run(call(client));
}

async function all(items: AsyncIterable<unknown>): Promise<void> {
  let count = 0;
  for await (const _ of items) if (++count > ITEMS_MAX) throw new Error(`no end after ${ITEMS_MAX} items`);
}
