/** Why a call got no answer of the method it asked: the connection failed, or the server threw. */

/**
 * - `refused`: no connection was made, or it was lost before the call was sent;
 * - `reset`: the connection was lost, the call may have taken effect;
 * - `timeout`: no answer in time, the call may have taken effect;
 * - `protocol`: what came back is not Hadoop's RPC.
 */
export type RpcFailureKind = "refused" | "reset" | "timeout" | "protocol";

/** The connection's failure. */
export class RpcFailure extends Error {
  override readonly name = "RpcFailure";
  readonly kind: RpcFailureKind;

  constructor(kind: RpcFailureKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** The server's exception, as its answer names it. */
export class RemoteException extends Error {
  override readonly name = "RemoteException";
  /** With its package. */
  readonly javaClass: string;

  constructor(javaClass: string, message: string) {
    super(message);
    this.javaClass = javaClass;
  }
}
