/** Erasure-coded files: refused until their layout is read here. */
import { HdfsError } from "../errors.ts";
import type { ErasureCodingPolicyProto } from "../proto/generated/erasure_coding_pb.ts";
import type { ReadContext } from "./file-read.ts";
import type { ReplicaRead } from "./replicas.ts";

/** A part of one block group. */
export interface StripedRead extends ReplicaRead {
  readonly policy: ErasureCodingPolicyProto;
}

// biome-ignore lint/correctness/useYield: it refuses.
export async function* readStripedGroup(
  _context: ReadContext,
  { path }: StripedRead,
  _cancel?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  throw new HdfsError({
    code: "unsupported",
    operation: "OPEN",
    path,
    reason: "the file is erasure-coded",
  });
}
