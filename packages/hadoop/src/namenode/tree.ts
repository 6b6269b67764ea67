/** Names: getFileInfo, getListing, mkdirs, rename2, delete. Source: ClientProtocol of hadoop-hdfs-client 3.4. */
import type { HdfsTree } from "../hdfs/client.ts";
import type { DirectoryPage } from "../hdfs/file-status.ts";
import { toDirectoryPage, toFileStatus } from "./file-status.ts";
import { CALLS, checkPath, failure, type NameNode } from "./name-node.ts";
import { type LocatedPage, toLocatedPage } from "./located-files.ts";
import type { DirectoryListingProto } from "../proto/generated/file_pb.ts";
import { utf8 } from "./values.ts";

/** Listings that carry the files' blocks as well. */
export interface LocatedListing {
  /** As listStatusPage, with blocks; a page is shorter then, for the NameNode counts blocks too. */
  listLocatedPage(path: string, after: string, cancel?: AbortSignal): Promise<LocatedPage>;
}

/** The names' part of the client. */
export function createTree(nameNode: NameNode): HdfsTree & LocatedListing {
  const list = <T extends { readonly entries: readonly { readonly name: string }[] }>(
    path: string,
    after: string,
    needLocation: boolean,
    convert: (listing: DirectoryListingProto) => T,
    cancel: AbortSignal | undefined,
  ): Promise<T> =>
    nameNode.read(
      CALLS.getListing,
      path,
      { src: path, startAfter: utf8(after), needLocation },
      ({ dirList }) => {
        if (dirList === undefined) throw failure("getListing", path, "notFound", "does not exist");
        const page = convert(dirList);
        // A file is answered as a listing of one entry without a name.
        if (page.entries[0]?.name === "")
          throw failure("getListing", path, "notADirectory", "is not a directory");
        return page;
      },
      cancel,
    );

  const listStatusPage = (path: string, after: string, cancel?: AbortSignal): Promise<DirectoryPage> =>
    list(path, after, false, toDirectoryPage, cancel);

  return {
    getFileStatus: (path, cancel) =>
      nameNode.read(
        CALLS.getFileInfo,
        path,
        { src: path },
        ({ fs }) => {
          if (fs === undefined) throw failure("getFileInfo", path, "notFound", "does not exist");
          return toFileStatus(fs);
        },
        cancel,
      ),
    listStatus: (path, cancel) => everyPage(path, (after) => listStatusPage(path, after, cancel)),
    listStatusPage,
    listLocatedPage: (path, after, cancel) => list(path, after, true, toLocatedPage, cancel),

    async mkdirs(path, permission, cancel) {
      const bits = { perm: permission };
      const request = { src: path, masked: bits, unmasked: bits, createParent: true };
      const made = await nameNode.read(CALLS.mkdirs, path, request, ({ result }) => result, cancel);
      if (!made) throw failure("mkdirs", path, "serverError", "the NameNode did not make the directory");
    },

    async rename(from, to, { overwrite }, cancel) {
      checkPath("rename2", to);
      // rename2 is exact; the older rename would move into an existing directory.
      await nameNode.tell(CALLS.rename2, from, { src: from, dst: to, overwriteDest: overwrite }, cancel);
    },

    delete: (path, { recursive }, cancel) =>
      nameNode.read(CALLS.delete, path, { src: path, recursive }, ({ result }) => result, cancel),
  };
}

/** All entries, page by page. */
export async function* everyPage<T extends { readonly name: string }>(
  path: string,
  page: (after: string) => Promise<{ readonly entries: readonly T[]; readonly remaining: number }>,
): AsyncGenerator<T> {
  let after = "";
  for (;;) {
    const { entries, remaining } = await page(after);
    yield* entries;
    if (remaining === 0) return;
    const last = entries.at(-1)?.name;
    if (last === undefined || last === after)
      throw failure("getListing", path, "malformedAnswer", "the listing does not go on after a page");
    after = last;
  }
}
