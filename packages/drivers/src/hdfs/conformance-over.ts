/** The HDFS driver's cluster for the conformance suite, over any way of reaching one. For tests. */
import type { HdfsClient } from "@coeval/hadoop/hdfs/client";
import type { ConformanceCluster, OpenForWrite } from "../conformance/harness.ts";
import type { FileSystem } from "./file-system.ts";
import { createHdfsSource, type HdfsWorld } from "./source.ts";
import { createHdfsTarget } from "./target.ts";

const POLL_MS = 20;
const POLLS_MAX = 1500;

export interface Reached {
  readonly superuser: string;
  /** Asked once for each user. */
  readonly as: (user: string) => FileSystem;
  /** What the tests do beside the driver, as the superuser. */
  readonly beside: HdfsClient;
}

export function conformanceOver(
  world: HdfsWorld,
  { superuser, as: make, beside }: Reached,
): ConformanceCluster {
  const users = new Map<string, FileSystem>();
  const as = (user: string): FileSystem => {
    const known = users.get(user) ?? make(user);
    users.set(user, known);
    return known;
  };
  const fs = as(superuser);
  const until = (holds: () => Promise<boolean>): Promise<void> => polled(world, holds);
  return {
    fs,
    as,
    source: createHdfsSource(world, fs),
    target: createHdfsTarget(world, fs),
    sourceAs: (user) => createHdfsSource(world, as(user)),
    targetAs: (user) => createHdfsTarget(world, as(user)),
    append: async (path, bytes) => void (await beside.append(path, bytes)),
    async truncate(path, length) {
      if (await beside.truncate(path, length)) return;
      await until(async () => !(await blocksOf(beside, path)).underConstruction);
    },
    openForWrite: (path) => openForWrite(beside, path, until),
    setQuota: (directory, { names, bytes }) => beside.setQuota(directory, { names, spaceBytes: bytes }),
  };
}

/** A request whose body goes on until the file is closed. */
async function openForWrite(
  client: HdfsClient,
  path: string,
  until: (holds: () => Promise<boolean>) => Promise<void>,
): Promise<OpenForWrite> {
  const pieces: (Uint8Array | null)[] = [];
  let wake = (): void => {};
  async function* body(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = pieces.shift();
      if (piece === null) return;
      if (piece) yield piece;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const done = client.create(path, body(), { permission: 0o644, overwrite: true });
  const push = (piece: Uint8Array | null): void => {
    pieces.push(piece);
    wake();
  };
  return {
    async write(bytes) {
      push(bytes);
      await until(async () => (await blocksOf(client, path)).underConstruction);
    },
    async close() {
      push(null);
      await done;
    },
  };
}

async function blocksOf(client: HdfsClient, path: string) {
  return await client
    .getBlockLocations(path, { offsetBytes: 0, lengthBytes: 1 })
    .catch(() => ({ underConstruction: false }));
}

async function polled({ clock }: HdfsWorld, holds: () => Promise<boolean>): Promise<void> {
  for (let polls = 0; !(await holds()); polls++) {
    if (polls > POLLS_MAX) throw new Error(`not so within ${POLLS_MAX * POLL_MS} ms`);
    await clock.sleep(POLL_MS);
  }
}
