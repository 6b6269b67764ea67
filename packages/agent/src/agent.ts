/** The agent: beside one cluster, carries out what the control device instructs, within its own limits. Composed here by hand. */
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { Network, Stream } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import { readAppointment } from "@coeval/store/agent/appointment";
import { countVoidSnapshots } from "@coeval/store/agent/snapshots";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import { listTenures } from "@coeval/store/agent/tenures";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import { type ClusterAccess, type ClusterEndpoint, createClusterAccess } from "./cluster-access.ts";
import type { AgentSigner, ClusterDrivers } from "./context.ts";
import { openDoor } from "./door.ts";
import { createExecutor, type Executor } from "./executor.ts";
import type { Limits } from "./limits.ts";
import { createKeeping, type Keeping } from "./keeping.ts";
import { createLease, type Lease } from "./lease.ts";
import { createLink, type Heard, type Link } from "./link.ts";
import { ownFiles } from "./own-files.ts";
import { answerQuestion } from "./questions.ts";
import { createClusterClock } from "./cluster-clock.ts";
import { createSharedClock, type TimeServers } from "./shared-clock.ts";
import { createCapacity } from "./transfer/capacity.ts";
import { finishedBefore } from "./transfer/finished-before.ts";
import { createTransfers } from "./transfer/transfers.ts";

export type { ClusterEndpoint };

export interface AgentOptions {
  readonly cluster: string;
  readonly db: AgentDatabase;
  readonly network: Network;
  readonly signer: AgentSigner;
  readonly limits: Limits;
  /** Of the control device, `host:port`. */
  readonly controlAddress: string;
  /** Where peers connect, `host:port`; port 0 picks one. */
  readonly listen: string;
  readonly software: string;
  /** Null where there is no way to an NTP server. */
  readonly timeServers: Omit<TimeServers, "log"> | null;
  /** `gate` throws when nothing may be changed on the cluster any more: asked before each change. */
  readonly drivers: (cluster: ClusterEndpoint, gate: () => void) => ClusterDrivers;
  /** Keys that are trusted no more; the composition closes their streams. */
  readonly revoke: (fingerprints: readonly string[]) => void;
  /** A renewed certificate has come. */
  readonly certified: (message: Extract<FromControl, { say: "certified" }>) => void;
}

export interface Agent {
  /** Works until stopped or refused for good. */
  readonly over: Promise<void>;
  /** Where its peers reach it. */
  readonly dataAddress: string;
  /** Asks for a new certificate. */
  renew(csr: string): void;
  stop(): Promise<void>;
}

export async function createAgent(given: World, options: AgentOptions): Promise<Agent> {
  const world: World = { ...given, files: ownFiles(given.files) };
  const { db, network, timeServers } = options;
  const stopping = new AbortController();
  const clock = createSharedClock(world.clock, timeServers && { ...timeServers, log: world.log });
  const clusterClock = createClusterClock(world.clock, clock);
  const lease = createLease(world.clock, await readAppointment(db));
  const gate = (): void => {
    if (!lease.held) throw new CoevalError("internal-stop", "another agent of the cluster may act by now");
  };
  const cluster = await createClusterAccess(world, db, (endpoint) => options.drivers(endpoint, gate));
  const keeping = createKeeping(world, db);
  let accept: (stream: Stream) => void = (stream) => stream.close("starting");
  const listener = await openDoor(world, options, options.listen, (stream) => accept(stream));
  const transfers = createTransfers(world, {
    address: listener.address,
    finished: (open, peer) => finishedBefore(db, open, peer),
  });
  accept = (stream) => transfers.accept(stream);
  const link = createLink(world, {
    network,
    address: options.controlAddress,
    dataAddress: listener.address,
    software: options.software,
    clock,
    status: async () => ({
      cluster: await cluster.probe(),
      tenures: await listTenures(db),
      voidSnapshots: await countVoidSnapshots(db),
      clusterClock: clusterClock.offset(),
    }),
    renewed: (askedElapsedMs, term) => lease.renewed(askedElapsedMs, term),
    hear: (message) => hear(message),
  });
  const executor = createExecutor({
    cluster: options.cluster,
    limits: options.limits,
    lease,
    shared: {
      world,
      db,
      network,
      transfers,
      capacity: createCapacity(world.clock, options.limits),
      clock,
      clusterClock,
      signer: options.signer,
    },
    drivers: cluster.ready,
    report: (instruction, report, lines) => link.say({ say: "report", instruction, report, lines }),
    answer: (instruction, outcome) => link.say({ say: "answer", instruction, outcome } as FromAgent),
  });
  const hear = hearing(world, options, { cluster, executor, link, keeping, lease });
  await executor.resume();
  const watching = lease.watch(onLease(world, lease, executor, link), stopping.signal);
  const over = link.run(stopping.signal);
  return {
    over,
    dataAddress: listener.address,
    renew: (csr) => link.say({ say: "renew", csr }),
    async stop() {
      stopping.abort("stopping");
      clock.stop();
      await executor.stop();
      await listener.close();
      await over;
      await watching;
    },
  };
}

/** Work stops with the lease and goes on with it. */
function onLease(world: World, lease: Lease, executor: Executor, link: Link): (held: boolean) => void {
  return (held) => {
    if (!held) {
      if (lease.term !== null) world.log.warn("pausing: the control device was not heard within the lease");
      return executor.pause();
    }
    if (lease.current) link.say({ say: "appointed", ...lease.current });
    void executor.resume();
  };
}

function appointing(world: World, { executor, link, lease }: Parts, message: Appoint): void {
  const { term, acting, leased, tenures } = message;
  executor.appoint({ term, acting, leased }, tenures).then(
    () => {
      // Who acts says so once it may: an instruction that came before would not be heeded.
      if (!acting || lease.held) link.say({ say: "appointed", term, acting, leased });
      else link.askTime();
    },
    (thrown: unknown) => world.log.warn("appointment not heeded", { term, why: toFailure(thrown).message }),
  );
}

type Appoint = Extract<FromControl, { say: "appoint" }>;

interface Parts {
  readonly cluster: ClusterAccess;
  readonly executor: Executor;
  readonly link: Link;
  readonly keeping: Keeping;
  readonly lease: Lease;
}

/** What becomes of each thing that the control device says. Everything here logs or answers its own failures. */
function hearing(world: World, options: AgentOptions, parts: Parts): (message: Heard) => void {
  const { cluster, executor, link, keeping } = parts;
  return (message) => {
    switch (message.say) {
      case "welcome":
        cluster.learn(message.cluster).catch((thrown: unknown) => {
          world.log.error("cluster not taken", { why: toFailure(thrown).message });
        });
        break;
      case "instruct":
        void executor.instruct(message.instruction, message.term);
        break;
      case "appoint":
        appointing(world, parts, message);
        break;
      case "holds-point":
        void keeping.holds(message).then(link.say);
        break;
      case "keep-point":
        void keeping.keep(message).then(link.say);
        break;
      case "examine":
      case "find-sets":
      case "may-retire":
      case "inspect":
      case "list-point":
      case "check-point":
        void answerQuestion(
          world,
          { ...options, drivers: cluster.ready, probe: cluster.probe },
          message,
        ).then(link.say);
        break;
      case "revoked":
        options.revoke(message.fingerprints);
        break;
      case "certified":
        options.certified(message);
        break;
    }
  };
}
