/** Edits of a cluster in memory as an application makes them: at once, without waiting, as one user. */
import type { FileForm } from "../hdfs/file-system.ts";
import * as attributes from "./attributes.ts";
import {
  appendFile,
  createFile,
  DEFAULT_FORM,
  makeDirectory,
  makeParents,
  type OpenWriter,
  remove,
  rename,
  truncateFile,
} from "./edit.ts";
import { find, type NameSystem } from "./name-system.ts";
import { readContent } from "./content.ts";
import { allowSnapshot } from "./snapshots.ts";

export interface Workload {
  /** With missing parents. */
  makeDirectory(path: string, mode?: number): void;
  /** A whole new file, closed; missing parents are made. Text is written as UTF-8. */
  write(path: string, content: string | Uint8Array, form?: Partial<FileForm>): void;
  /** Appends and closes. */
  append(path: string, content: string | Uint8Array): void;
  truncate(path: string, length: number): void;
  /** Opens to append, or a new file, and leaves it open. */
  open(path: string): OpenWriter;
  /** False when there is no source, or something at the destination. */
  rename(from: string, to: string): boolean;
  remove(path: string): boolean;
  setOwner(path: string, owner: string, group: string): void;
  setMode(path: string, mode: number): void;
  setTimes(path: string, mtimeMs: number, atimeMs?: number): void;
  setReplication(path: string, replication: number): void;
  setAcl(path: string, entries: readonly string[]): void;
  setXattr(path: string, name: string, hex: string): void;
  allowSnapshot(path: string): void;
  exists(path: string): boolean;
  /** The whole content, snapshot paths too; null when there is no such file. */
  read(path: string): Uint8Array | null;
}

export function createWorkload(names: NameSystem, user: string): Workload {
  return {
    makeDirectory(path, mode) {
      makeParents(names, user, path);
      makeDirectory(names, user, path, mode);
    },
    write(path, content, form) {
      const writer = createFile(names, user, path, { ...DEFAULT_FORM, ...form });
      writer.write(bytesOf(content));
      writer.close();
    },
    append(path, content) {
      const writer = appendFile(names, user, path);
      writer.write(bytesOf(content));
      writer.close();
    },
    truncate: (path, length) => truncateFile(names, user, path, length),
    open: (path) => (find(names, path) ? appendFile(names, user, path) : createFile(names, user, path)),
    rename: (from, to) => rename(names, user, from, to) === "renamed",
    remove: (path) => remove(names, user, path),
    setOwner: (path, owner, group) => attributes.setOwner(names, user, path, owner, group),
    setMode: (path, mode) => attributes.setMode(names, user, path, mode),
    setTimes: (path, mtimeMs, atimeMs) => attributes.setTimes(names, user, path, mtimeMs, atimeMs ?? null),
    setReplication: (path, replication) => attributes.setReplication(names, user, path, replication),
    setAcl: (path, entries) => attributes.setAcl(names, user, path, entries),
    setXattr: (path, name, hex) => attributes.setXattr(names, user, path, [name, hex]),
    allowSnapshot: (path) => allowSnapshot(names, user, path),
    exists: (path) => find(names, path) !== null,
    read: (path) => readAll(names, path),
  };
}

function readAll(names: NameSystem, path: string): Uint8Array | null {
  const node = find(names, path);
  if (node?.type !== "file") return null;
  const bytes = new Uint8Array(node.content.length);
  let at = 0;
  for (const chunk of readContent(node.content, 0, node.content.length)) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
