/** The NameNodes of one namespace as the rest of the client sees them: ClientProtocol's calls by name, and the name
 * under which this client holds leases. */
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { HdfsError, type HdfsErrorCode } from "../errors.ts";
import { pathFault } from "../hdfs/path.ts";
import { ClientNamenodeProtocol } from "../proto/generated/client_namenode_pb.ts";
import { createRpcClient, type RpcOptions } from "../rpc/client.ts";
import type { NativeWorld } from "../world.ts";
import { CLIENT_PROTOCOL } from "./protocol.ts";

/** How NameNodes are reached. */
export type NameNodeOptions = Omit<RpcOptions, "protocol">;

/** See the top of this file. */
export interface NameNode {
  /** The server last seen active, or tried next: `host:port`. */
  readonly server: string;
  /** Under which this client writes files; no other client's. */
  readonly clientName: string;
  /** Asks one call of ClientProtocol about `path`, which is checked first (`invalidPath`). */
  ask<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    path: string,
    request: MessageInitShape<I>,
    cancel?: AbortSignal,
  ): Promise<MessageShape<O>>;
  /** Makes of the answer what `read` makes of it; a MalformedMessage that `read` throws is `malformedAnswer`. */
  read<I extends DescMessage, O extends DescMessage, T>(
    method: DescMethodUnary<I, O>,
    path: string,
    request: MessageInitShape<I>,
    read: (answer: MessageShape<O>) => T,
    cancel?: AbortSignal,
  ): Promise<T>;
  /** Asks where only success matters. */
  tell<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    path: string,
    request: MessageInitShape<I>,
    cancel?: AbortSignal,
  ): Promise<void>;
  close(): void;
}

/** ClientProtocol's methods, for {@link NameNode.ask}. */
export const CALLS = ClientNamenodeProtocol.method;

/** Bytes of chance in a client's name. */
const NAME_BYTES = 12;

/** See {@link NameNode}. Connects at the first call. */
export function createNameNode(world: NativeWorld, options: NameNodeOptions): NameNode {
  const rpc = createRpcClient(world, { ...options, protocol: CLIENT_PROTOCOL });
  const chance = [...world.random.bytes(NAME_BYTES)].map((byte) => byte.toString(16).padStart(2, "0"));
  return {
    get server() {
      return rpc.server;
    },
    clientName: `hadoop-ts-${chance.join("")}`,
    async ask(method, path, request, cancel) {
      checkPath(method.name, path);
      return rpc.ask(method, request, { path, cancel });
    },
    async read(method, path, request, read, cancel) {
      checkPath(method.name, path);
      return rpc.read(method, request, read, { path, cancel });
    },
    async tell(method, path, request, cancel) {
      checkPath(method.name, path);
      await rpc.ask(method, request, { path, cancel });
    },
    close: () => rpc.close(),
  };
}

/** Throws `invalidPath` for a path that no request can carry exactly. */
export function checkPath(operation: string, path: string): void {
  const fault = pathFault(path);
  if (fault !== null) throw failure(operation, path, "invalidPath", `the path ${fault}`);
}

/** An error of this package's own finding. */
export function failure(operation: string, path: string, code: HdfsErrorCode, reason: string): HdfsError {
  return new HdfsError({ code, reason, operation, path });
}
