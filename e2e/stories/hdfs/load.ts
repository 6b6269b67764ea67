// One who writes, appends, reads, renames and deletes files below a directory of their own, and knows what must be in
// each of them.
import { createHash } from "node:crypto";
import type { NativeHdfsClient } from "../../../packages/hadoop/src/native/client.ts";
import type { Chance } from "../../workload/random.ts";
import { lengthOf, type Piece, stepsOf, wholeOf } from "./contents.ts";

export interface Load {
  /** Works until `stopped` says so. Throws at the first thing that is wrong. */
  work(stopped: () => boolean): Promise<void>;
  /** What must be there: pieces by path. */
  readonly files: ReadonlyMap<string, readonly Piece[]>;
  readonly counts: Readonly<Record<Act, number>>;
  readonly bytes: { written: number; read: number };
}

export type Act = "create" | "append" | "read" | "rename" | "delete";

const ACTS: readonly Act[] = [
  "create",
  "create",
  "create",
  "append",
  "append",
  "read",
  "read",
  "read",
  "rename",
  "delete",
];
const FILES_MAX = 40;
const SIZES_MAX = [1, 513, 5_000, 300_000, 1_048_577, 5_000_000];
const FILE_BYTES_MAX = 8_000_000;

export function createLoad(hdfs: NativeHdfsClient, root: string, chance: Chance): Load {
  const files = new Map<string, Piece[]>();
  const counts: Record<Act, number> = { create: 0, append: 0, read: 0, rename: 0, delete: 0 };
  const bytes = { written: 0, read: 0 };
  let named = 0;
  const piece = (): Piece => ({
    seed: chance.below(2 ** 31),
    bytes: chance.below(chance.pick(SIZES_MAX) + 1),
  });
  const one = (): string => chance.pick([...files.keys()]);
  const acts: Record<Act, () => Promise<void>> = {
    async create() {
      const path = `${root}/f${named++}`;
      const made = piece();
      const options = { permission: 0o644, overwrite: false, replication: 2 + chance.below(2) };
      await hdfs.create(path, bodyOf(made), options);
      bytes.written += made.bytes;
      files.set(path, [made]);
    },
    async append() {
      const path = one();
      const pieces = files.get(path) ?? [];
      if (lengthOf(pieces) > FILE_BYTES_MAX) return;
      const made = piece();
      await hdfs.append(path, bodyOf(made));
      bytes.written += made.bytes;
      files.set(path, [...pieces, made]);
    },
    async read() {
      const path = one();
      bytes.read += await check(hdfs, path, files.get(path) ?? [], chance);
    },
    async rename() {
      const path = one();
      const to = `${root}/r${named++}`;
      await hdfs.rename(path, to, { overwrite: false });
      files.set(to, files.get(path) ?? []);
      files.delete(path);
    },
    async delete() {
      const path = one();
      if (!(await hdfs.delete(path, { recursive: false })))
        throw new Error(`${path} was not there to be deleted`);
      files.delete(path);
    },
  };

  return {
    files,
    counts,
    bytes,
    async work(stopped) {
      await hdfs.mkdirs(root, 0o755);
      while (!stopped()) {
        const wanted = chance.pick(ACTS);
        const act = files.size === 0 ? "create" : files.size >= FILES_MAX ? "delete" : wanted;
        await acts[act]();
        counts[act]++;
      }
    },
  };
}

async function* bodyOf(piece: Piece): AsyncGenerator<Uint8Array> {
  yield* stepsOf(piece);
}

/** Reads all of the file, or a part where there is chance; resolves with how much that was. */
export async function check(
  hdfs: NativeHdfsClient,
  path: string,
  pieces: readonly Piece[],
  chance?: Chance,
): Promise<number> {
  const expected = wholeOf(pieces);
  const { lengthBytes } = await hdfs.getFileStatus(path);
  if (lengthBytes !== expected.length)
    throw new Error(`${path} has ${lengthBytes} bytes, ${expected.length} were written`);
  const from = chance === undefined || chance.below(2) === 0 ? 0 : chance.below(expected.length + 1);
  if (from === expected.length) return 0;
  const to = from === 0 ? expected.length : from + 1 + (chance?.below(expected.length - from) ?? 0);
  const hash = createHash("sha256");
  // By turns as large files are copied, and as whoever keeps what was read reads.
  const range = { offsetBytes: from, lengthBytes: to - from, lent: to % 2 === 0 };
  for await (const chunk of hdfs.open(path, range)) hash.update(chunk);
  const wanted = createHash("sha256").update(expected.subarray(from, to)).digest("hex");
  if (hash.digest("hex") !== wanted)
    throw new Error(`${path}: other bytes than were written, in ${from} to ${to}`);
  return to - from;
}
