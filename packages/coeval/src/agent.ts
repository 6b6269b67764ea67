/** The agent as a process: data folder, identity, limits, drivers. Composed here by hand. */
import { type Agent, createAgent } from "@coeval/agent/agent";
import { formatNtp } from "@coeval/core/clock/source-name";
import type { World } from "@coeval/core/ports/world";
import { createSigner } from "@coeval/platform/hash";
import { createRequest, type Identity } from "@coeval/platform/identity";
import { createTlsNetwork } from "@coeval/platform/network";
import { openTimeSource } from "@coeval/platform/ntp/time-source";
import { createWorld } from "@coeval/platform/world";
import { agentMigrations } from "@coeval/store/agent/migrations/all";
import type { AgentTables } from "@coeval/store/agent/tables";
import { openDatabase } from "@coeval/store/database";
import { agentLimits, type FirstLimits } from "./agent-limits.ts";
import { agentIdentity, renewInMs, saveIdentity } from "./agent-identity.ts";
import { hdfsDrivers } from "./hdfs-drivers.ts";

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
}

export interface RunningAgent {
  readonly cluster: string;
  readonly dataAddress: string;
  /** Resolves when the control device refuses this agent for good. */
  readonly over: Promise<void>;
  stop(): Promise<void>;
}

/** Between two requests for a new certificate, when one is due. */
const RENEW_AGAIN_MS = 60_000;

export async function startAgent(options: AgentProcess): Promise<RunningAgent> {
  const { logFile } = options;
  // Refused here, where the flag was given, rather than at the first link.
  const localUrl = options.clock === undefined ? null : formatNtp(options.clock);
  const world = createWorld({ dataFolder: options.data, ...(logFile === undefined ? {} : { logFile }) });
  const limits = await agentLimits(world, options.firstLimits);
  const enrolled = await agentIdentity(world, options.token);
  let { identity } = enrolled;
  const network = createTlsNetwork(world, { identity });
  const database = await openDatabase<AgentTables>(`${options.data}/agent.db`, agentMigrations);
  const agent = await createAgent(world, {
    cluster: enrolled.cluster,
    db: database.db,
    network,
    signer: {
      ...createSigner(identity.key),
      agent: enrolled.agent,
      get chain() {
        return `${identity.certificate.trim()}\n${identity.authority}`;
      },
    },
    limits,
    controlAddress: enrolled.control,
    listen: options.listen,
    software: VERSION,
    timeServers: { open: (url) => openTimeSource(world, url), localUrl },
    drivers: (endpoint, gate) => hdfsDrivers(world, endpoint, gate),
    revoke: (fingerprints) => network.revoke(fingerprints),
    certified(message) {
      identity = { key: identity.key, certificate: message.certificate, authority: message.authority };
      network.renew(identity);
      saveIdentity(world, identity).catch((thrown: unknown) =>
        world.log.error("certificate not saved", { why: String(thrown) }),
      );
    },
  });
  const stopping = new AbortController();
  void renewing(world, agent, () => identity, stopping.signal);
  return {
    cluster: enrolled.cluster,
    dataAddress: agent.dataAddress,
    over: agent.over,
    async stop() {
      stopping.abort("stopping");
      await agent.stop();
      await database.close();
      world.close();
    },
  };
}

/** Asks for a new certificate at half the life of the one in use, again and again until it has come. */
async function renewing(
  world: World,
  agent: Agent,
  identity: () => Identity,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const waitMs = renewInMs(world, identity());
    if (waitMs === 0) agent.renew(await createRequest(identity().key));
    await world.clock.sleep(Math.max(waitMs, RENEW_AGAIN_MS), stop).catch(() => undefined);
  }
}
