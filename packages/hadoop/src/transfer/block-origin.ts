/** Where a block that is written comes from, and who is told of its packets. */
import type { DatanodeInfoProto, LocatedBlockProto } from "../proto/generated/block_pb.ts";
import type { WritePacket } from "./write-packet.ts";

/** Where a block comes from: a new one, or the last one of a file that is appended to. */
export type BlockOrigin =
  | {
      readonly kind: "new";
      readonly allocate: (exclude: readonly DatanodeInfoProto[]) => Promise<LocatedBlockProto>;
    }
  | { readonly kind: "append"; readonly located: LocatedBlockProto };

/** How a block is written. */
export interface BlockWriterOptions {
  readonly origin: BlockOrigin;
  /** The packet is acknowledged; `reusable` is false when a broken connection may still hold its buffer. */
  readonly released: (packet: WritePacket, reusable: boolean) => void;
  readonly cancel?: AbortSignal | undefined;
}
