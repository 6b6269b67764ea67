/** An agent as a process beside its cluster: enrolled once, started, dropped at a crash, started again. */
import { createAgent } from "@coeval/agent/agent";
import type { Limits } from "@coeval/agent/limits";
import { channelOn } from "@coeval/contract/wire/channel";
import { toFailure } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Files } from "@coeval/core/ports/files";
import type { Network, Peer } from "@coeval/core/ports/network";
import type { Source } from "@coeval/core/ports/source";
import type { Target } from "@coeval/core/ports/target";
import type { World } from "@coeval/core/ports/world";
import { createMemoryDrivers, type FileSystem, gated } from "@coeval/drivers/memory/drivers";
import type { AgentTables } from "@coeval/store/agent/tables";
import { serve, type ServedOptions } from "../cluster/served.ts";
import { createLife } from "../world/life.ts";
import { requestFor } from "./authority.ts";
import { LINK_ADDRESS } from "./control-process.ts";
import type { Machine, Universe } from "./machine.ts";

/** A bug put in on purpose, to see that a checker complains. */
export interface Tamper {
  readonly source?: (source: Source, fs: FileSystem, clock: Clock) => Source;
  readonly target?: (target: Target, fs: FileSystem) => Target;
  readonly files?: (files: Files) => Files;
  readonly network?: (network: Network) => Network;
  /** The agent believes these limits; the checkers know the true ones. */
  readonly limits?: Limits;
}

export interface AgentProcess {
  /** Spends an enrolment's secret. Once, before the first start. */
  enrol(secret: string): Promise<void>;
  start(crashed: () => void): void;
  /** Why it ended though nobody crashed it; null when all is well. */
  readonly broken: string | null;
}

export interface AgentParts {
  readonly fs: FileSystem;
  readonly served: Omit<ServedOptions, "seed">;
  readonly limits: Limits;
  /** What it asks in the place of the NTP server that all go by; null for that. */
  readonly asks: string | null;
  readonly tamper: Tamper;
}

export function createAgentProcess(
  universe: Universe,
  machine: Machine<AgentTables>,
  parts: AgentParts,
): AgentProcess {
  const { net, seed } = universe;
  const { name, key } = machine;
  const { cluster } = parts.served;
  const { tamper } = parts;
  const chance = seed.stream(`cluster of ${name}`);
  const self: Peer = { kind: "agent", cluster, agent: name, fingerprint: key.fingerprint };
  let broken: string | null = null;

  return {
    get broken() {
      return broken;
    },
    enrol: (secret) => enrol(universe, machine, secret),
    start(crashed) {
      const begun = machine.begin(crashed);
      const { life, database, openTimeSource } = begun;
      const world: World = { ...begun.world, files: tamper.files?.(begun.world.files) ?? begun.world.files };
      const network = net.of(life, self);
      const fs = serve(parts.fs, life, { ...parts.served, seed: chance });
      createAgent(world, {
        cluster,
        db: database.db,
        network: tamper.network?.(network) ?? network,
        signer: {
          ...key,
          agent: name,
          chain: `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`,
        },
        limits: tamper.limits ?? parts.limits,
        controlAddress: LINK_ADDRESS,
        listen: `${name}:0`,
        software: "simulated",
        timeServers: { open: openTimeSource, localUrl: parts.asks },
        drivers: (_endpoint, gate) => {
          const { source, target } = createMemoryDrivers(world, gated(fs, gate));
          return {
            source: tamper.source?.(source, fs, world.clock) ?? source,
            target: tamper.target?.(target, fs) ?? target,
          };
        },
        revoke: () => undefined,
        certified: () => undefined,
      })
        .then((agent) => agent.over)
        .then(
          () => {
            if (life.alive) broken = `the agent of ${name} was refused for good`;
          },
          (thrown: unknown) => {
            if (life.alive) broken = `the agent of ${name} ended: ${toFailure(thrown).message}`;
          },
        );
    },
  };
}

/** As an agent does that has no certificate yet: a stranger with a secret. */
async function enrol({ net }: Universe, { name, key }: Machine<AgentTables>, secret: string): Promise<void> {
  const life = createLife(name, () => undefined);
  const channel = channelOn(await net.of(life, { kind: "stranger" }).connect(LINK_ADDRESS));
  await channel.send({ say: "enrol", secret, agent: name, csr: requestFor(key.publicKey) });
  const frame = await channel.receive();
  channel.close("enrolled");
  const answer = frame?.kind === "json" ? (frame.value as { say?: string }) : null;
  if (answer?.say !== "certified")
    throw new TypeError(`the enrolment of ${name} was answered by ${JSON.stringify(answer)}`);
}
