/** Trees for the tests: how they are made, listed with all attributes, and compared with their copies. */
import { joinBytes } from "@coeval/core/model/bytes";
import type { DataSet } from "@coeval/core/model/data-set";
import type { Entry } from "@coeval/core/model/entry";
import { joinPath } from "@coeval/core/model/path";
import type { ExtendedAttributes, Listed, Prepared } from "@coeval/core/ports/source";
import type { Holding } from "@coeval/core/ports/target";
import { compare } from "@coeval/core/protect/verify";
import type { FileForm, FileSystem } from "../hdfs/file-system.ts";
import { assert, assertEqual, type Ground } from "./harness.ts";

/** Every kind of name that once broke a tool; 255 bytes at most, in no order. */
export const ODD_NAMES = [
  "plain",
  "with space",
  " leading and trailing ",
  "100%",
  "%41",
  "a+b",
  "#hash",
  "q?uery&x=1",
  "semi;colon",
  "comma,brace{}[]",
  "quote'\"`",
  "back\\slash",
  "star*",
  "ünïcödé",
  "e\u0301 decomposed",
  "日本語",
  "😀 emoji",
  "\uFFFDreplacement",
  "-dash",
  ".hidden",
  "~tilde",
  "x".repeat(255),
  "Z",
  "a",
  "a.b",
  "a-b",
];

const FORM: FileForm = { mode: 0o640, replication: 1, blockSize: 1024 * 1024 };

export async function put(
  { cluster, cancel }: Ground,
  path: string,
  content: string,
  form: Partial<FileForm> = {},
): Promise<void> {
  await cluster.fs.create(path, { ...FORM, ...form }, once(new TextEncoder().encode(content)), cancel);
}

export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** Makes a directory and the missing ones above it. */
export async function makeDirectories({ cluster, cancel }: Ground, path: string): Promise<void> {
  const names = path.slice(1).split("/");
  for (let i = 1; i <= names.length; i++) {
    await cluster.fs.makeDirectory(`/${names.slice(0, i).join("/")}`, 0o755, cancel);
  }
}

/** A snapshottable directory `folder/name` as a data set of that name. */
export async function makeSet(ground: Ground, name: string): Promise<DataSet> {
  const path = `${ground.folder}/${name}`;
  await makeDirectories(ground, path);
  await ground.cluster.fs.allowSnapshot(path, ground.cancel);
  return { name, component: "hdfs", path };
}

/** Snapshots of the sets, taken. */
export async function take(
  ground: Ground,
  sets: readonly DataSet[],
  snapshotName: string,
): Promise<Prepared> {
  const { source } = ground.cluster;
  const prepared = await source.prepare({ sets, snapshotName }, ground.cancel);
  await source.snapshot(prepared, ground.cancel);
  return prepared;
}

/** The snapshots' entries with ACL and xattrs. */
export async function entriesOf(ground: Ground, prepared: Prepared): Promise<Entry[]> {
  const { source } = ground.cluster;
  return await complete(source.list(prepared, ground.cancel), (entry) =>
    source.attributes(prepared, entry, ground.cancel),
  );
}

/** The live tree's. */
export async function liveEntries(ground: Ground, holding: Holding): Promise<Entry[]> {
  const { target } = ground.cluster;
  return await complete(target.list(holding, ground.cancel), (entry) =>
    target.attributes(holding, entry, ground.cancel),
  );
}

/** Source's snapshots and live tree are equal: every attribute and time, and every byte. */
export async function assertCopied(ground: Ground, prepared: Prepared, holding: Holding): Promise<void> {
  const { source, fs } = ground.cluster;
  const wanted = await entriesOf(ground, prepared);
  const found = await liveEntries(ground, holding);
  assertEqual(await compare(each(wanted), each(found)), [], "differences");
  for (const entry of wanted) {
    if (entry.type !== "file") continue;
    const place = holding.sets.find(({ name }) => name === entry.set);
    const path = joinPath(`${holding.directory}/${place?.relative}`, entry.path);
    const [a, b] = await Promise.all([
      gather(source.read(prepared, { ...entry, hasAcl: false }, 0, ground.cancel)),
      readFile(fs, path, ground.cancel),
    ]);
    assert(equalBytes(a, b), `content of ${entry.set}:${entry.path} differs`);
  }
}

export async function readFile(fs: FileSystem, path: string, cancel: AbortSignal): Promise<Uint8Array> {
  const status = await fs.status(path, cancel);
  assert(status, `${path} exists`);
  return status.length === 0 ? new Uint8Array() : await gather(fs.open(path, 0, status.length, cancel));
}

export async function readText(fs: FileSystem, path: string, cancel: AbortSignal): Promise<string> {
  return new TextDecoder().decode(await readFile(fs, path, cancel));
}

export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return joinBytes(parts);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function complete(
  listed: AsyncIterable<Listed>,
  attributes: (entry: Listed) => Promise<ExtendedAttributes>,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of listed) {
    const { hasAcl: _, ...rest } = entry;
    entries.push({ ...rest, ...(await attributes(entry)) });
  }
  return entries;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
