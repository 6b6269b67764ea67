/** What goes wrong between this client and one DataNode, before it is known whether another one can help. Whoever has
 * tried all of them tells the caller, with an HdfsError. */

/**
 * - `unreachable`: no connection was made;
 * - `lost`: the connection broke or ended too early;
 * - `silent`: nothing moved for too long;
 * - `malformed`: what came is not the protocol, or lies about its size;
 * - `refused`: the DataNode answered with an error;
 * - `token`: the DataNode does not take the block's token;
 * - `key`: the DataNode does not know the data encryption key;
 * - `checksum`: bytes that do not match their checksums.
 */
export type TransferFaultKind =
  | "unreachable"
  | "lost"
  | "silent"
  | "malformed"
  | "refused"
  | "token"
  | "key"
  | "checksum";

export class TransferFault extends Error {
  override readonly name = "TransferFault";
  readonly kind: TransferFaultKind;

  constructor(kind: TransferFaultKind, reason: string, cause?: unknown) {
    super(reason, { cause });
    this.kind = kind;
  }
}
