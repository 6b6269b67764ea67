/** The agent: beside one cluster, carries out what the control device instructs, within its own limits. Composed here by hand. */
import { toFailure } from "@coeval/core/errors";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { Network } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import { countVoidSnapshots } from "@coeval/store/agent/snapshots";
import { readSetting, writeSetting } from "@coeval/store/agent/settings";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import { listTenures } from "@coeval/store/agent/tenures";
import type { FromControl } from "@coeval/contract/wire/link";
import type { AgentSigner, ClusterDrivers } from "./context.ts";
import { createExecutor } from "./executor.ts";
import type { Limits } from "./limits.ts";
import { createLink, type Heard } from "./link.ts";
import { answerQuestion } from "./questions.ts";
import { createSharedClock } from "./shared-clock.ts";
import { createTransfers } from "./transfer/transfers.ts";

/** A probe that takes longer counts as unreachable. */
const PROBE_MS_MAX = 5000;

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
  readonly drivers: (cluster: ClusterEndpoint) => ClusterDrivers;
  /** Keys that are trusted no more; the composition closes their streams. */
  readonly revoke: (fingerprints: readonly string[]) => void;
  /** A renewed certificate has come. */
  readonly certified: (message: Extract<FromControl, { say: "certified" }>) => void;
}

export type ClusterEndpoint = Extract<FromControl, { say: "welcome" }>["cluster"];

export interface Agent {
  /** Works until stopped or refused for good. */
  readonly over: Promise<void>;
  /** Where its peers reach it. */
  readonly dataAddress: string;
  /** Asks for a new certificate. */
  renew(csr: string): void;
  stop(): Promise<void>;
}

export async function createAgent(world: World, options: AgentOptions): Promise<Agent> {
  const { db, network } = options;
  const stopping = new AbortController();
  const clock = createSharedClock(world.clock);
  const cluster = await createClusterAccess(options);
  let accept: ReturnType<typeof createTransfers>["accept"] = (stream) => stream.close("starting");
  const listener = await network.listen(options.listen, (stream) => accept(stream));
  const transfers = createTransfers(world, listener.address);
  accept = transfers.accept;

  const status = async (): Promise<{
    cluster: ClusterStatus;
    tenures: Awaited<ReturnType<typeof listTenures>>;
    voidSnapshots: number;
  }> => ({
    cluster: await probe(world, (await cluster.ready()).source),
    tenures: await listTenures(db),
    voidSnapshots: await countVoidSnapshots(db),
  });
  const link = createLink(world, {
    network,
    address: options.controlAddress,
    dataAddress: listener.address,
    software: options.software,
    clock,
    status,
    hear: (message) => hear(message),
  });
  const executor = createExecutor({
    cluster: options.cluster,
    limits: options.limits,
    shared: { world, db, network, transfers, clock, signer: options.signer },
    drivers: cluster.ready,
    report: (instruction, report) => link.say({ say: "report", instruction, report }),
    answer: (instruction, outcome) => link.say({ say: "answer", instruction, outcome } as never),
  });

  function hear(message: Heard): void {
    switch (message.say) {
      case "welcome":
        cluster.learn(message.cluster).catch((thrown: unknown) => {
          world.log.error("cluster not taken", { why: toFailure(thrown).message });
        });
        break;
      case "instruct":
        // The executor logs its own failures: an instruction is journaled before anything is done.
        void executor.instruct(message.instruction);
        break;
      case "examine":
      case "list-point":
      case "check-point":
        void answerQuestion(world, { ...options, drivers: cluster.ready }, message).then((answer) =>
          link.say(answer),
        );
        break;
      case "revoked":
        options.revoke(message.fingerprints);
        break;
      case "certified":
        options.certified(message);
        break;
    }
  }

  await executor.resume();
  const over = link.run(stopping.signal);
  return {
    over,
    dataAddress: listener.address,
    renew: (csr) => link.say({ say: "renew", csr }),
    async stop() {
      stopping.abort("stopping");
      await executor.stop();
      await listener.close();
      await over;
    },
  };
}

/** How the cluster is reached: as the control device last said, kept for a start without it. */
async function createClusterAccess(options: AgentOptions) {
  const known = Promise.withResolvers<ClusterDrivers>();
  let drivers: ClusterDrivers | null = null;
  let endpoint = await readSetting(options.db, "cluster");
  const take = (text: string): void => {
    drivers = options.drivers(JSON.parse(text) as ClusterEndpoint);
    known.resolve(drivers);
  };
  if (endpoint !== null) take(endpoint);
  return {
    ready: async (): Promise<ClusterDrivers> => drivers ?? known.promise,
    async learn(cluster: ClusterEndpoint): Promise<void> {
      const text = JSON.stringify(cluster);
      if (text === endpoint) return;
      endpoint = text;
      take(text);
      await writeSetting(options.db, "cluster", text);
    },
  };
}

async function probe(world: World, source: ClusterDrivers["source"]): Promise<ClusterStatus> {
  const limit = new AbortController();
  const timer = new AbortController();
  void world.clock.sleep(PROBE_MS_MAX, timer.signal).then(
    () => limit.abort(new Error(`no answer within ${PROBE_MS_MAX} ms`)),
    () => undefined,
  );
  try {
    return await source.probe(limit.signal);
  } finally {
    timer.abort("answered");
  }
}
