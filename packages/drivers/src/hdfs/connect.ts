/**
 * A cluster by its endpoint. `hdfs://` speaks Hadoop's own RPC and data transfer; `webhdfs://` is for gateways and for
 * networks that let only HTTP through. Who asks is believed, or proven by the agent's own key.
 */
import type { HdfsEndpoint } from "@coeval/core/model/cluster";
import type { Log } from "@coeval/core/ports/log";
import type { HdfsClient } from "@coeval/hadoop/hdfs/client";
import { createNativeHdfsClient, type NativeHdfsClient } from "@coeval/hadoop/native/client";
import type { NativeHdfsOptions } from "@coeval/hadoop/native/options";
import type { RpcIdentity } from "@coeval/hadoop/rpc/identity";
import type { Cryptography } from "@coeval/hadoop/sasl/cryptography";
import { createWebHdfsClient } from "@coeval/hadoop/webhdfs/client";
import type { Endpoint } from "@coeval/hadoop/webhdfs/endpoint";
import { bySpnego } from "@coeval/hadoop/webhdfs/spnego";
import type { NativeWorld, World } from "@coeval/hadoop/world";
import { createClientFileSystem } from "./client-file-system.ts";
import type { FileSystem } from "./file-system.ts";
import { type LocalAccess, NOTHING_LOCAL } from "./local-access.ts";
import { type Reach, reachOf } from "./reach.ts";
import { unprotected } from "./unprotected.ts";
import { createWaiting, type Waiting } from "./waiting.ts";
import { firstAnswering } from "./web-answers.ts";

/** Both protocols' needs, and where it is told who is waited for. */
export interface ConnectWorld extends World, NativeWorld {
  readonly cryptography: Cryptography;
  readonly log: Pick<Log, "warn">;
}

/** The longest wait for one answer of the only NameNode: some operations are silent for long, but none for ever. */
export const CALL_MS_MAX = 60_000;
/** Of one NameNode among several: the next may be active already, and knows a call that is repeated. */
export const CALL_MS_MAX_OF_SEVERAL = 30_000;
/** How long a call seeks an active NameNode; longer than two that hang take. */
export const FAILOVER_MS_MAX = 120_000;

/**
 * The cluster at `endpoint` as the agent's user sees it.
 * @throws CoevalError `bad-input` for an address that is none, and for what does not fit; `kerberos-wanted` without a key.
 */
export function connectHdfs(
  world: ConnectWorld,
  endpoint: HdfsEndpoint,
  local: LocalAccess = NOTHING_LOCAL,
): FileSystem {
  const reach = reachOf(endpoint, local);
  const [first, ...others] = reach.nameNodes;
  if (first === undefined) return overWebAlone(createClientFileSystem(webClient(world, reach), reach.user));
  const waiting = createWaiting(world.clock, world.log);
  const client = nativeClient(world, reach, [first, ...others], waiting);
  const fs = {
    ...createClientFileSystem(client, reach.user),
    waitingFor: () => waiting.for(client.nameNode),
    close: () => client.close(),
  };
  return reach.kerberos?.dataTransferProtections === null ? unprotected(fs) : fs;
}

/** What a NameNode tells of itself over HTTP is open to everybody as a rule; only a call proves that its caller is known. */
function overWebAlone(fs: FileSystem): FileSystem {
  return {
    ...fs,
    async state(cancel) {
      const [state] = await Promise.all([fs.state(cancel), fs.status("/", cancel)]);
      return state;
    },
  };
}

function webClient(world: ConnectWorld, reach: Reach): HdfsClient {
  const [address] = reach.web;
  if (address === undefined) throw new TypeError("an endpoint has an address");
  return overWeb(world, reach, address);
}

function overWeb(world: ConnectWorld, { kerberos, user }: Reach, nameNode: Endpoint): HdfsClient {
  const identity =
    kerberos === null
      ? ({ kind: "simple", user } as const)
      : bySpnego(kerberos.login, nameNode, { realm: kerberos.realm });
  return createWebHdfsClient(world, { nameNode, identity });
}

function nativeClient(
  world: ConnectWorld,
  reach: Reach,
  nameNodes: NativeHdfsOptions["nameNodes"],
  { onSilence, onFailedTry }: Waiting,
): NativeHdfsClient {
  const { kerberos, user, settings } = reach;
  const several = nameNodes.length > 1;
  const [web, ...otherWebs] = reach.web.map((address) => overWeb(world, reach, address));
  const options: NativeHdfsOptions = {
    nameNodes,
    identity: identityOf(world, reach),
    user,
    callMsMax: settings?.callMsMax ?? (several ? CALL_MS_MAX_OF_SEVERAL : CALL_MS_MAX),
    connectMsMax: settings?.connectMsMax,
    failoverMsMax: FAILOVER_MS_MAX,
    dataTransferProtections: kerberos?.dataTransferProtections,
    dataNodes: { useHostName: settings?.useHostName },
    onSilence,
    onFailedTry,
    // What RPC does not tell is asked there.
    ...(web === undefined ? {} : { web: firstAnswering([web, ...otherWebs]) }),
  };
  return createNativeHdfsClient(world, options);
}

function identityOf({ cryptography }: ConnectWorld, { kerberos, user }: Reach): RpcIdentity {
  if (kerberos === null) return { kind: "simple", user };
  const { login, serverPrincipal, rpcProtections: protections } = kerberos;
  return { kind: "kerberos", login, serverPrincipal, protections, world: { cryptography } };
}
