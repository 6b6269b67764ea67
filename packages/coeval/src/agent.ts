/** The agent as a process: data folder, identity, limits, drivers. Composed here by hand. */
import { createAgent } from "@coeval/agent/agent";
import { type LocalWords, openLocalAccess } from "@coeval/drivers/hdfs/local-access";
import { formatNtp } from "@coeval/core/clock/source-name";
import { createSigner } from "@coeval/platform/hash";
import { readTextIfThere } from "@coeval/platform/local-files";
import { createTlsNetwork } from "@coeval/platform/network";
import { openTimeSource } from "@coeval/platform/ntp/time-source";
import { createWorld } from "@coeval/platform/world";
import { agentMigrations } from "@coeval/store/agent/migrations/all";
import type { AgentTables } from "@coeval/store/agent/tables";
import { openDatabase } from "@coeval/store/database";
import { agentLimits, type FirstLimits } from "./agent-limits.ts";
import { agentIdentity } from "./agent-identity.ts";
import { hdfsDrivers } from "./hdfs-drivers.ts";
import { createRenewal } from "./renewal.ts";
import { VERSION } from "./version.ts";

export interface AgentProcess {
  readonly data: string;
  /** Null when it is enrolled already. */
  readonly token: string | null;
  /** Where peers connect, `host:port`. */
  readonly listen: string;
  readonly firstLimits: FirstLimits;
  readonly logFile?: string;
  /** The NTP server that is the clock, by the name that it has here; without it the name that the control device gives. */
  readonly clock?: string;
  /** What this host alone has to reach the cluster by; default nothing. */
  readonly local?: LocalWords;
  /** Other drivers than the endpoint's scheme says: for benchmarks, whose clusters are in memory. */
  readonly drivers?: typeof hdfsDrivers;
}

export interface RunningAgent {
  readonly cluster: string;
  readonly dataAddress: string;
  /** Resolves when the control device refuses this agent for good. */
  readonly over: Promise<void>;
  stop(): Promise<void>;
}

/** Hadoop's own files have some 50 KB. */
const SITE_BYTES_MAX = 4 * 1024 * 1024;

export async function startAgent(options: AgentProcess): Promise<RunningAgent> {
  const { logFile } = options;
  // Refused here, where the flag was given, rather than at the first link.
  const localUrl = options.clock === undefined ? null : formatNtp(options.clock);
  const world = createWorld({ dataFolder: options.data, ...(logFile === undefined ? {} : { logFile }) });
  const limits = await agentLimits(world, options.firstLimits);
  // Before the token is spent.
  const readText = async (path: string): Promise<string | null> => readTextIfThere(path, SITE_BYTES_MAX);
  const local = await openLocalAccess({ ...world, readText }, options.local ?? {});
  const enrolled = await agentIdentity(world, options.token);
  const { identity } = enrolled;
  const network = createTlsNetwork(world, { identity });
  const renewal = createRenewal(world, identity, network);
  const ends: (() => void)[] = [];
  const host = { local, atEnd: (close: () => void): void => void ends.push(close) };
  const database = await openDatabase<AgentTables>(`${options.data}/agent.db`, agentMigrations);
  const agent = await createAgent(world, {
    cluster: enrolled.cluster,
    db: database.db,
    network,
    signer: {
      ...createSigner(identity.key),
      agent: enrolled.agent,
      get chain() {
        return `${renewal.identity.certificate.trim()}\n${renewal.identity.authority}`;
      },
    },
    limits,
    controlAddress: enrolled.control,
    listen: options.listen,
    software: VERSION,
    timeServers: { open: (url) => openTimeSource(world, url), localUrl },
    drivers: (endpoint, gate) => (options.drivers ?? hdfsDrivers)(world, endpoint, gate, host),
    revoke: (fingerprints) => network.revoke(fingerprints),
    certified: (message) => renewal.take(message),
  });
  const stopping = new AbortController();
  void renewal.run(agent, stopping.signal);
  return {
    cluster: enrolled.cluster,
    dataAddress: agent.dataAddress,
    over: agent.over,
    async stop() {
      stopping.abort("stopping");
      await agent.stop();
      for (const close of ends) close();
      await database.close();
      world.close();
    },
  };
}
