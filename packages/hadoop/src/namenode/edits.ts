/** The edit stream: what changed in the namespace, transaction by transaction, as the edit log has it. Superusers only.
 * Source: ClientProtocol.getEditsFromTxid, DFSInotifyEventInputStream, PBHelperClient.convert(EventProto) of
 * hadoop-hdfs-client 3.4. */
import { decode, MalformedMessage } from "../proto/decode.ts";
import {
  AppendEventProtoSchema,
  CloseEventProtoSchema,
  CreateEventProtoSchema,
  type EventProto,
  type EventsListProto,
  EventType,
  INodeType,
  MetadataUpdateEventProtoSchema,
  MetadataUpdateType,
  RenameEventProtoSchema,
  TruncateEventProtoSchema,
  UnlinkEventProtoSchema,
} from "../proto/generated/edits_pb.ts";
import { CALLS, failure, type NameNode } from "./name-node.ts";
import { count, present, signed } from "./values.ts";

/** One change. Paths are the live ones at that transaction; times are ms since 1970 by the NameNode's clock. */
export type EditEvent =
  | {
      readonly type: "create";
      readonly kind: "file" | "directory" | "symlink";
      readonly path: string;
      readonly overwrite: boolean;
    }
  | { readonly type: "close"; readonly path: string; readonly lengthBytes: number; readonly timeMs: number }
  | { readonly type: "append"; readonly path: string; readonly newBlock: boolean }
  | {
      readonly type: "truncate";
      readonly path: string;
      readonly lengthBytes: number;
      readonly timeMs: number;
    }
  | { readonly type: "rename"; readonly path: string; readonly target: string; readonly timeMs: number }
  | { readonly type: "delete"; readonly path: string; readonly timeMs: number }
  | { readonly type: "metadata"; readonly path: string; readonly what: MetadataChange };

/** Which of an inode's attributes an event speaks of. */
export type MetadataChange = "times" | "replication" | "owner" | "permission" | "acl" | "xattrs";

/** The events of one transaction. */
export interface EditBatch {
  readonly txid: number;
  readonly events: readonly EditEvent[];
}

/** Some transactions, and how far the log had come. */
export interface EditPage {
  /** Rising; transactions without events (blocks, leases) are left out. */
  readonly batches: readonly EditBatch[];
  /** First transaction that was read, with or without events; null when none was. */
  readonly firstTxid: number | null;
  /** Last one that was read; null when none was. */
  readonly lastTxid: number | null;
  /** Last one that is safe in the log. */
  readonly syncTxid: number;
}

/** The edit stream's part of the client. */
export interface HdfsEdits {
  /** The last transaction written, synced or not. */
  getCurrentTxid(cancel?: AbortSignal): Promise<number>;
  /** The transactions from `txid` on, as many as fit one answer (`dfs.namenode.inotify.max.events.per.rpc` events).
   * Fails with `editsGone` when the log no longer reaches back so far (`dfs.namenode.num.extra.edits.retained`). */
  getEdits(txid: number, cancel?: AbortSignal): Promise<EditPage>;
}

export function createEdits(nameNode: NameNode): HdfsEdits {
  return {
    getCurrentTxid: (cancel) =>
      nameNode.read(
        CALLS.getCurrentEditLogTxid,
        "/",
        {},
        ({ txid }) => count(txid, "GetCurrentEditLogTxidResponse.txid"),
        cancel,
      ),

    async getEdits(txid, cancel) {
      const page = await nameNode.read(
        CALLS.getEditsFromTxid,
        "/",
        { txid: BigInt(txid) },
        ({ eventsList }) => toPage(present(eventsList, "GetEditsFromTxidResponse.eventsList")),
        cancel,
      );
      if (page.firstTxid !== null && page.firstTxid > txid) {
        const why = `transactions ${txid} to ${page.firstTxid - 1} are no longer in the edit log`;
        throw failure("getEditsFromTxid", "/", "editsGone", why);
      }
      return page;
    },
  };
}

function toPage(list: EventsListProto): EditPage {
  // -1 stands for none.
  const txidOrNull = (txid: bigint, field: string): number | null => (txid < 0n ? null : count(txid, field));
  return {
    batches: list.batch.map(({ txid, events }) => ({
      txid: count(txid, "EventBatch.txid"),
      events: events.map(toEvent),
    })),
    firstTxid: txidOrNull(list.firstTxid, "EventsList.firstTxid"),
    lastTxid: txidOrNull(list.lastTxid, "EventsList.lastTxid"),
    syncTxid: signed(list.syncTxid, "EventsList.syncTxid"),
  };
}

const KINDS = {
  [INodeType.I_TYPE_FILE]: "file",
  [INodeType.I_TYPE_DIRECTORY]: "directory",
  [INodeType.I_TYPE_SYMLINK]: "symlink",
} as const;

const CHANGES: Readonly<Record<MetadataUpdateType, MetadataChange>> = {
  [MetadataUpdateType.META_TYPE_TIMES]: "times",
  [MetadataUpdateType.META_TYPE_REPLICATION]: "replication",
  [MetadataUpdateType.META_TYPE_OWNER]: "owner",
  [MetadataUpdateType.META_TYPE_PERMS]: "permission",
  [MetadataUpdateType.META_TYPE_ACLS]: "acl",
  [MetadataUpdateType.META_TYPE_XATTRS]: "xattrs",
};

/** Throws {@link MalformedMessage}, for an unknown type too: an event passed over would be a change unseen. */
function toEvent({ type, contents }: EventProto): EditEvent {
  switch (type) {
    case EventType.EVENT_CREATE: {
      const { type: kind, path, overwrite } = decode(CreateEventProtoSchema, contents);
      return { type: "create", kind: KINDS[kind], path, overwrite };
    }
    case EventType.EVENT_CLOSE: {
      const { path, fileSize, timestamp } = decode(CloseEventProtoSchema, contents);
      return { type: "close", path, ...lengthAndTime(fileSize, timestamp) };
    }
    case EventType.EVENT_APPEND: {
      const { path, newBlock } = decode(AppendEventProtoSchema, contents);
      return { type: "append", path, newBlock };
    }
    case EventType.EVENT_TRUNCATE: {
      const { path, fileSize, timestamp } = decode(TruncateEventProtoSchema, contents);
      return { type: "truncate", path, ...lengthAndTime(fileSize, timestamp) };
    }
    case EventType.EVENT_RENAME: {
      const { srcPath, destPath, timestamp } = decode(RenameEventProtoSchema, contents);
      return {
        type: "rename",
        path: srcPath,
        target: destPath,
        timeMs: signed(timestamp, "RenameEvent.timestamp"),
      };
    }
    case EventType.EVENT_UNLINK: {
      const { path, timestamp } = decode(UnlinkEventProtoSchema, contents);
      return { type: "delete", path, timeMs: signed(timestamp, "UnlinkEvent.timestamp") };
    }
    case EventType.EVENT_METADATA: {
      const { path, type: what } = decode(MetadataUpdateEventProtoSchema, contents);
      return { type: "metadata", path, what: CHANGES[what] };
    }
    default:
      throw new MalformedMessage(`Event.type is ${String(type)}`);
  }
}

function lengthAndTime(fileSize: bigint, timestamp: bigint): { lengthBytes: number; timeMs: number } {
  return { lengthBytes: count(fileSize, "fileSize"), timeMs: signed(timestamp, "timestamp") };
}
