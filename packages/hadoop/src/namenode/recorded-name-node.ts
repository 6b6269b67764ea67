/** The NameNode's part of the client over answers recorded from a real one, for tests. */
import type { NativeWorld } from "../world.ts";
import { createRpcClient } from "../rpc/client.ts";
import type { VirtualClock } from "../rpc/virtual-clock.ts";
import { readAnswer } from "../rpc/envelope.ts";
import { type Reply, scriptedServers } from "../rpc/scripted-servers.ts";
import { createAttributes } from "./attributes.ts";
import { createCluster } from "./cluster.ts";
import { createEdits } from "./edits.ts";
import { createEncryption } from "./encryption.ts";
import { createErasureCoding } from "./erasure-coding.ts";
import { createFileChanges } from "./file-changes.ts";
import { createNameNode } from "./name-node.ts";
import { listOpenFiles } from "./open-files.ts";
import { NAMENODE_PROTOCOL } from "./protocol.ts";
import { createSafeMode } from "./safe-mode.ts";
import { createSnapshotDiffs } from "./snapshot-diff.ts";
import { createSnapshots } from "./snapshots.ts";
import { createTree } from "./tree.ts";
import { createUsage } from "./usage.ts";

export type RecordedClient = ReturnType<typeof recordedNameNode>["client"];

/** `answers`: frames by method, base64, each with its header; `change` may spoil what is sent. */
export function recordedNameNode(
  answers: Readonly<Record<string, string>>,
  change: (message: Uint8Array) => Uint8Array = (message) => message,
) {
  const { world } = scriptedServers(({ method }): Reply => {
    const recorded = answers[method];
    if (recorded === undefined) throw new Error(`no answer of ${method} was recorded`);
    return { kind: "answer", message: change(readAnswer(Uint8Array.fromBase64(recorded)).message) };
  });
  return { clock: world.clock, client: clientOver(world) };
}

function clientOver(world: NativeWorld & { readonly clock: VirtualClock }) {
  const servers = [{ host: "nn", port: 8020 }];
  const identity = { kind: "simple", user: "alice" } as const;
  const nameNode = createNameNode(world, { servers, identity });
  const daemons = createRpcClient(world, { servers, identity, protocol: NAMENODE_PROTOCOL });
  const tree = createTree(nameNode);
  const safeMode = createSafeMode(nameNode);
  return {
    ...tree,
    ...createUsage(nameNode, "alice"),
    ...createFileChanges(nameNode),
    ...createAttributes(nameNode),
    ...createSnapshots(nameNode),
    ...createSnapshotDiffs(nameNode),
    ...createEdits(nameNode),
    ...createErasureCoding(nameNode),
    ...createEncryption(nameNode),
    ...safeMode,
    ...createCluster(nameNode, { daemons, safeMode, secured: false }),
    listOpenFiles: (path: string) => listOpenFiles(nameNode, tree, path),
  };
}
