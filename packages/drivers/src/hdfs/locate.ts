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

/** What one preparation asks the cluster, each thing once however many data sets need it. */
export interface Surroundings {
  readonly user: string;
  readonly superuser: boolean;
  status(path: string): Promise<FileStatus | null>;
  /** `/` always shows as snapshottable, with room for no snapshot: only the list of such directories tells (run on 3.4.2). */
  rootAllowed(): Promise<boolean>;
}

export async function survey(fs: FileSystem, cancel: AbortSignal): Promise<Surroundings> {
  const known = new Map<string, Promise<FileStatus | null>>();
  let rootAllowed: Promise<boolean> | null = null;
  return {
    user: fs.user,
    superuser: await fs.superuser(cancel),
    status(path) {
      const status = known.get(path) ?? fs.status(path, cancel);
      known.set(path, status);
      return status;
    },
    rootAllowed() {
      rootAllowed ??= fs.snapshottableRoots(cancel).then((roots) => roots.includes("/"));
      return rootAllowed;
    },
  };
}

/** Never rejects for what is wrong with the data set; rejects when the cluster cannot be asked. */
export async function locate(set: DataSet, known: Surroundings): Promise<Located> {
  const { user, superuser } = known;
  try {
    const problem = judgeDirectory(set, await known.status(set.path));
    if (problem) return { set, problem };
    for (let path = set.path; ; path = parentPath(path)) {
      const directory = await known.status(path);
      if (directory?.snapshottable && (path !== "/" || (await known.rootAllowed()))) {
        const right = superuser || directory.owner === user;
        return right
          ? { set, root: path, rootId: directory.id }
          : { set, problem: noRight(user, path, directory) };
      }
      if (path === "/") return { set, problem: notSnapshottable(set) };
    }
  } catch (thrown) {
    if (thrown instanceof CoevalError && thrown.code === "no-right")
      return { set, problem: notReadable(user, set, thrown) };
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
    return {
      code: "encryption-zone",
      text: `data set '${set.name}': ${set.path} lies in an encryption zone`,
    };
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

function noRight(user: string, root: string, status: FileStatus): Problem {
  const command = `hdfs dfs -chown ${shellWord(user)} ${shellWord(root)}`;
  return {
    code: "no-right",
    text:
      `user '${user}' may not take snapshots of ${root}, which belongs to '${status.owner}'; ` +
      `make the user a member of the superusers' group, or run: ${command}`,
    command,
  };
}

/** What a user lacks that may not read all of a data set, with the command that grants it. */
export function notReadable(user: string, set: DataSet, thrown: CoevalError): Problem {
  const command = `hdfs dfs -setfacl -R -m user:${shellWord(user)}:r-x ${shellWord(set.path)}`;
  return {
    code: "no-right",
    text: `data set '${set.name}': user '${user}' may not read ${set.path} (${thrown.message}); run: ${command}`,
    command,
  };
}
