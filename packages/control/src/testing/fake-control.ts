/** A control device in a fake world, that can be killed at any write and started again on what it left. */
import { channelOn } from "@coeval/contract/wire/channel";
import { fromControl, type FromControl } from "@coeval/contract/wire/link";
import { CoevalError } from "@coeval/core/errors";
import { policyDefaults } from "@coeval/core/model/policy";
import type { Service } from "@coeval/core/model/service";
import { createFakeCalendar } from "@coeval/core/testing/fake-calendar";
import { controlMigrations } from "@coeval/store/control/migrations/all";
import type { ControlDatabase, ControlTables } from "@coeval/store/control/tables";
import { openDatabase } from "@coeval/store/database";
import type { Authority } from "../authority.ts";
import { type Control, type ControlOptions, createControl } from "../control.ts";
import { createFakeTime, type FakeTime } from "./fake-clock.ts";
import type { FakeAgent } from "./fake-agent.ts";
import { createFakeNetwork, type FakeNetwork } from "./fake-network.ts";
import { createFakeWorld, type FakeWorld } from "./fake-world.ts";

export const START_MS = 1_800_000_000_000;
export const call = { who: "token:test" };

export interface FakeControl {
  readonly time: FakeTime;
  readonly control: Control;
  readonly network: FakeNetwork;
  readonly world: FakeWorld;
  /** The process dies in its `write`-th transaction from now, before it commits or right after. */
  dieAt(write: number, when: "before" | "after"): void;
  readonly dead: boolean;
  /** Kills the process, if it still lives, and starts the next one on its database. */
  restart(options?: FakeOptions): Promise<FakeControl>;
}

/** What a test gives the process; it stays through restarts. */
export type FakeOptions = Partial<Pick<ControlOptions, "clock" | "openTimeSource" | "messenger">>;

export async function startFakeControl(options: FakeOptions = {}): Promise<FakeControl> {
  const database = await openDatabase<ControlTables>(":memory:", controlMigrations);
  return start(createFakeTime(START_MS), database, 1, options);
}

async function start(
  time: FakeTime,
  opened: ControlDatabase,
  seed: number,
  options: FakeOptions,
): Promise<FakeControl> {
  const clock = time.process();
  const network = createFakeNetwork();
  const world = createFakeWorld(clock, seed);
  let next: ControlDatabase | null = null;
  const kill = () => {
    clock.kill();
    network.kill();
    next ??= opened.crash();
  };
  const mortal = mortalDatabase(opened, kill);
  const { database } = mortal;
  const control = await createControl(world, {
    network,
    database,
    authority: fakeAuthority,
    calendar: createFakeCalendar(),
    linkAddress: "c:1",
    openTimeSource: null,
    ...options,
  });
  return {
    time,
    control,
    network,
    world,
    dieAt: mortal.dieAt,
    get dead() {
      return next !== null;
    },
    async restart(then = options) {
      if (!next) kill();
      return start(time, next as ControlDatabase, seed + 1, then);
    },
  };
}

/** A database whose process dies at one of its writes. */
function mortalDatabase(opened: ControlDatabase, kill: () => void) {
  let left = Number.POSITIVE_INFINITY;
  let early = false;
  const database: ControlDatabase = {
    ...opened,
    async write(work) {
      const dies = --left === 0;
      const result = await opened.write(async (trx) => {
        const done = await work(trx);
        if (dies && early) kill();
        return done;
      });
      if (!dies) return result;
      kill();
      throw new CoevalError("internal-stop", "the process was killed");
    },
  };
  const dieAt = (write: number, when: "before" | "after") => {
    left = write;
    early = when === "before";
  };
  return { database, dieAt };
}

/** Signs everything; the key's fingerprint is what the request says: `key:…` of 64 hex digits. */
export const fakeAuthority: Authority = {
  fingerprint: "f".repeat(64),
  async sign(csr, { cluster, agent }) {
    if (!csr.startsWith("key:")) throw new CoevalError("enrolment-refused", "the request is malformed");
    return { certificate: `cert of ${cluster}/${agent}`, authority: "authority", fingerprint: csr.slice(4) };
  },
};

/** Two clusters, registered, their agents enrolled and connected, and a service between them. */
export async function furnish(
  { control, network, time }: FakeControl,
  agents: { readonly source: FakeAgent; readonly target: FakeAgent },
): Promise<void> {
  for (const { peer } of [agents.source, agents.target]) {
    const hdfs = { url: `webhdfs://${peer.cluster}:9870`, user: "coeval" };
    await control.clusters.add(call, { name: peer.cluster, hdfs, scopes: ["/"] });
    await enrolled(control, network, peer);
  }
  const { source, target } = agents;
  const service = serviceBetween(source.peer.cluster, target.peer.cluster);
  await control.services.apply(call, [{ service, ifVersion: null }], { dryRun: false });
  await source.connect(network);
  await target.connect(network);
  await time.settle();
}

/** Enrols a key as its agent would, and waits for the certificate. */
export async function enrolled(
  control: Control,
  network: FakeNetwork,
  peer: FakeAgent["peer"],
): Promise<void> {
  const { secret } = await control.clusters.enroll(call, peer.cluster, peer.agent);
  const answer = await enrolWith(network, { secret, agent: peer.agent, csr: `key:${peer.fingerprint}` });
  if (answer.say !== "certified") throw new Error(`not enrolled: ${JSON.stringify(answer)}`);
}

/** What a stranger hears. */
export async function enrolWith(
  network: FakeNetwork,
  message: { readonly secret: string; readonly agent: string; readonly csr: string },
): Promise<FromControl> {
  const channel = channelOn(network.dial({ kind: "stranger" }));
  await channel.send({ say: "enrol", ...message });
  const frame = await channel.receive();
  channel.close("heard");
  if (frame?.kind !== "json") throw new Error("no message came");
  return fromControl.parse(frame.value);
}

export function serviceBetween(primary: string, secondary: string): Service {
  return {
    name: "orders",
    primary,
    secondary,
    dataSets: [{ name: "events", component: "hdfs", path: "/data/events" }],
    mapping: { source: "/data", target: "/backup/orders" },
    policy: {
      ...policyDefaults,
      direction: "push",
      tolerance: { windowMs: 100, beyond: "refuse", openFiles: "refuse" },
    },
  };
}
