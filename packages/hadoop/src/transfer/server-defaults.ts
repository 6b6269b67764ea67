/** What the NameNode prescribes for new files, asked for once. */
import { HdfsError } from "../errors.ts";
import { CALLS, type NameNode } from "../namenode/name-node.ts";
import type { FsServerDefaultsProto } from "../proto/generated/file_pb.ts";

/** Asks the first time; a failure is asked again. */
export function createServerDefaults(nameNode: NameNode): () => Promise<FsServerDefaultsProto> {
  let defaults: Promise<FsServerDefaultsProto> | null = null;
  return () => {
    defaults ??= askDefaults(nameNode).catch((error: unknown) => {
      defaults = null;
      throw error;
    });
    return defaults;
  };
}

async function askDefaults(nameNode: NameNode): Promise<FsServerDefaultsProto> {
  const { serverDefaults } = await nameNode.ask(CALLS.getServerDefaults, "/", {});
  if (serverDefaults !== undefined) return serverDefaults;
  throw new HdfsError({
    code: "malformedAnswer",
    operation: "getServerDefaults",
    path: "/",
    reason: "the answer has no defaults",
  });
}
