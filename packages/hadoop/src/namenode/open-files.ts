/** Files that somebody writes. A superuser is told them by the lease manager; everybody else finds them in a listing with
 * blocks, directory by directory. Source: ClientProtocol.listOpenFiles, LeaseManager of Hadoop 3.4. */
import { isHdfsError } from "../errors.ts";
import type { OpenFile } from "../hdfs/open-file.ts";
import { joinPath } from "../hdfs/path.ts";
import { OpenFilesTypeProto } from "../proto/generated/cluster_calls_pb.ts";
import { type LocatedFileStatus, toLocatedStatus } from "./located-files.ts";
import { CALLS, failure, type NameNode } from "./name-node.ts";
import { everyPage, type LocatedListing } from "./tree.ts";

/** Lookups of open files that are under way at once. */
const LOOKUPS_MAX = 32;
/** Directories that wait to be walked, at most. */
export const DIRECTORIES_MAX = 1_000_000;

/** As HdfsCluster.listOpenFiles. */
export async function* listOpenFiles(
  nameNode: NameNode,
  tree: LocatedListing,
  path: string,
  cancel?: AbortSignal,
): AsyncGenerator<OpenFile> {
  const root = await lookUp(nameNode, path, cancel);
  if (root === null) throw failure("listOpenFiles", path, "notFound", "does not exist");
  if (root.type !== "directory") {
    yield* openOnes([[path, root]]);
    return;
  }
  const first = await askLeases(nameNode, path, 0n, cancel).catch((error: unknown) => {
    // Only superusers are told; the paths themselves are not the reason.
    if (isHdfsError(error, "accessControl")) return null;
    throw error;
  });
  if (first === null) yield* walk(tree, path, cancel);
  else yield* byLeases(nameNode, path, first, cancel);
}

interface Leases {
  readonly files: readonly { readonly id: bigint; readonly path: string }[];
  readonly more: boolean;
}

function askLeases(
  nameNode: NameNode,
  path: string,
  after: bigint,
  cancel: AbortSignal | undefined,
): Promise<Leases> {
  const request = { id: after, types: [OpenFilesTypeProto.ALL_OPEN_FILES], path };
  const read = ({
    entries,
    hasMore,
  }: {
    readonly entries: Leases["files"];
    readonly hasMore: boolean;
  }): Leases => ({
    files: entries.map((entry) => ({ id: entry.id, path: entry.path })),
    more: hasMore,
  });
  return nameNode.read(CALLS.listOpenFiles, path, request, read, cancel);
}

async function* byLeases(
  nameNode: NameNode,
  path: string,
  first: Leases,
  cancel: AbortSignal | undefined,
): AsyncGenerator<OpenFile> {
  const prefix = path === "/" ? "/" : `${path}/`;
  let page = first;
  for (;;) {
    // The NameNode compares the beginnings of paths, so `/a` would name `/ab` as well.
    const paths = page.files.map((file) => file.path).filter((each) => each.startsWith(prefix));
    for (let at = 0; at < paths.length; at += LOOKUPS_MAX) {
      const some = paths.slice(at, at + LOOKUPS_MAX);
      const found = await Promise.all(
        some.map(async (each) => [each, await lookUp(nameNode, each, cancel)] as const),
      );
      yield* openOnes(found);
    }
    const last = page.files.at(-1)?.id;
    if (!page.more || last === undefined) return;
    page = await askLeases(nameNode, path, last, cancel);
  }
}

async function* walk(
  tree: LocatedListing,
  path: string,
  cancel: AbortSignal | undefined,
): AsyncGenerator<OpenFile> {
  const directories = [path];
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    const at = directory;
    for await (const entry of everyPage(at, (after) => tree.listLocatedPage(at, after, cancel))) {
      const below = joinPath(at, entry.name);
      if (entry.type !== "directory") yield* openOnes([[below, entry]]);
      else if (directories.push(below) > DIRECTORIES_MAX)
        throw failure(
          "listOpenFiles",
          path,
          "limitExceeded",
          `more than ${DIRECTORIES_MAX} directories wait`,
        );
    }
  }
}

function* openOnes(
  found: readonly (readonly [path: string, status: LocatedFileStatus | null])[],
): Generator<OpenFile> {
  for (const [path, status] of found) {
    const blocks = status?.blocks;
    // Gone, or closed since the NameNode was asked.
    if (status === null || blocks?.underConstruction !== true) continue;
    yield { path, lengthBytes: status.lengthBytes, blockCount: blocks.blocks.length };
  }
}

function lookUp(
  nameNode: NameNode,
  path: string,
  cancel: AbortSignal | undefined,
): Promise<LocatedFileStatus | null> {
  const request = { src: path, needBlockToken: false };
  return nameNode.read(
    CALLS.getLocatedFileInfo,
    path,
    request,
    ({ fs }) => (fs === undefined ? null : toLocatedStatus(fs)),
    cancel,
  );
}
