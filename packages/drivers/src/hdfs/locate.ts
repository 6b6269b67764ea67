/** Finds the snapshottable root of a data set, or what forbids to take it, with the command that mends it. */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import type { DataSet } from "@coeval/core/model/data-set";
import { parentPath } from "@coeval/core/model/path";
import type { FileStatus, FileSystem } from "./file-system.ts";

export type Located =
  | { readonly set: DataSet; readonly root: string; readonly rootId: string }
  | { readonly set: DataSet; readonly problem: Problem };

export interface Problem {
  readonly code: ErrorCode;
  readonly text: string;
  readonly command?: string;
}

/** Status of a path, asked once in a preparation however many data sets lie below it. */
export type StatusMemo = (path: string) => Promise<FileStatus | null>;

export function rememberStatus(fs: FileSystem, cancel: AbortSignal): StatusMemo {
  const known = new Map<string, Promise<FileStatus | null>>();
  return (path) => {
    const status = known.get(path) ?? fs.status(path, cancel);
    known.set(path, status);
    return status;
  };
}

/** Never rejects for what is wrong with the data set; rejects when the cluster cannot be asked. */
export async function locate(
  fs: FileSystem,
  set: DataSet,
  status: StatusMemo,
  superuser: boolean,
): Promise<Located> {
  try {
    const problem = judgeDirectory(set, await status(set.path));
    if (problem) return { set, problem };
    for (let path = set.path; ; path = parentPath(path)) {
      const directory = await status(path);
      if (directory?.snapshottable) {
        const right = superuser || directory.owner === fs.user;
        return right
          ? { set, root: path, rootId: directory.id }
          : { set, problem: noRight(fs, path, directory) };
      }
      if (path === "/") return { set, problem: notSnapshottable(set) };
    }
  } catch (thrown) {
    if (thrown instanceof CoevalError && thrown.code === "no-right")
      return { set, problem: notReadable(fs, set, thrown) };
    throw thrown;
  }
}

/** A path as a word of a shell command. */
export function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function judgeDirectory(set: DataSet, status: FileStatus | null): Problem | null {
  if (!status) return { code: "set-missing", text: `data set '${set.name}': ${set.path} does not exist` };
  if (status.type === "file")
    return { code: "set-missing", text: `data set '${set.name}': ${set.path} is a file, not a directory` };
  if (status.type === "symlink")
    return { code: "unsupported", text: `data set '${set.name}': ${set.path} is a symbolic link` };
  if (status.encrypted)
    return { code: "encrypted", text: `data set '${set.name}': ${set.path} lies in an encryption zone` };
  return null;
}

function notSnapshottable(set: DataSet): Problem {
  const command = `hdfs dfsadmin -allowSnapshot ${shellWord(set.path)}`;
  return {
    code: "not-snapshottable",
    text: `data set '${set.name}': neither ${set.path} nor a directory above it allows snapshots; as an HDFS superuser run: ${command}`,
    command,
  };
}

function noRight(fs: FileSystem, root: string, status: FileStatus): Problem {
  const command = `hdfs dfs -chown ${shellWord(fs.user)} ${shellWord(root)}`;
  return {
    code: "no-right",
    text:
      `user '${fs.user}' may not take snapshots of ${root}, which belongs to '${status.owner}'; ` +
      `make the user a member of the superusers' group, or run: ${command}`,
    command,
  };
}

function notReadable(fs: FileSystem, set: DataSet, thrown: CoevalError): Problem {
  const command = `hdfs dfs -setfacl -R -m user:${shellWord(fs.user)}:r-x ${shellWord(set.path)}`;
  return {
    code: "no-right",
    text: `data set '${set.name}': user '${fs.user}' may not read ${set.path} (${thrown.message}); run: ${command}`,
    command,
  };
}
