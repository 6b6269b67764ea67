/** One cluster with its agent, as far as instructions go: executor and transfers on a database that outlives the process. */
import type { Peer } from "@coeval/core/ports/network";
import type { RunLine } from "@coeval/core/model/run-line";
import type { Log } from "@coeval/core/ports/log";
import type { World } from "@coeval/core/ports/world";
import type { Instruction, Outcome, Report } from "@coeval/core/protect/instruction";
import { digestOf, fakeHash, fakeSignatures, fakeSigner } from "@coeval/core/testing/fake-hash";
import { agentMigrations } from "@coeval/store/agent/migrations/all";
import type { AgentTables } from "@coeval/store/agent/tables";
import { type Database, openDatabase } from "@coeval/store/database";
import { type Appointment, readAppointment } from "@coeval/store/agent/appointment";
import { createExecutor, type Executor } from "../executor.ts";
import { createLease, type Lease } from "../lease.ts";
import type { Limits } from "../limits.ts";
import { type ClusterClock, createClusterClock } from "../cluster-clock.ts";
import { type AgentClock, createSharedClock, type TimeServers } from "../shared-clock.ts";
import { finishedBefore } from "../transfer/finished-before.ts";
import { createCapacity } from "../transfer/capacity.ts";
import { createTransfers } from "../transfer/transfers.ts";
import { createFakeFiles, type FakeFiles } from "./fake-files.ts";
import type { FakeNet } from "./fake-network.ts";
import { createFakeSource, type FakeSource } from "./fake-source.ts";
import { createFakeTarget, type FakeTarget } from "./fake-target.ts";
import { BEGIN_MS, type FakeTime } from "./fake-time.ts";
import { createLife, type Life, type When } from "./life.ts";

export interface Site {
  readonly cluster: string;
  readonly agent: string;
  readonly fingerprint: string;
  readonly address: string;
  readonly source: FakeSource;
  readonly target: FakeTarget;
  readonly files: FakeFiles;
  limits: Limits;
  /** What the agent says; null while nobody listens. */
  hear: SiteHearing | null;
  /** The database as the process that lives now sees it. */
  readonly db: Database<AgentTables>["db"];
  readonly clock: AgentClock;
  readonly clusterClock: ClusterClock;
  readonly life: Life;
  /** Lines logged as warnings and errors. */
  readonly logged: string[];
  /** Ends the process at the call for which it returns true; it stays down until `start`. */
  crashAt: ((call: string, count: number, when: When) => boolean) | null;
  /** Whether the agent was told how its cluster is reached. */
  knowsCluster: boolean;
  /** Hears of a crash. */
  onCrash: (() => void | Promise<void>) | null;
  start(): Promise<void>;
  /** An orderly stop. */
  stop(): Promise<void>;
  /** The process dies where it stands, its streams break. */
  crash(): void;
  instruct(instruction: Instruction, term?: number): Promise<void>;
  appoint(appointment: Appointment): Promise<void>;
}

export interface SiteHearing {
  report(instruction: string, report: Report, lines: readonly RunLine[]): void;
  answer(instruction: string, outcome: Outcome): void;
}

/** A site whose shared clock is measured exactly: half a ms of error. @param servers for sources that are NTP servers. */
export async function createSite(
  net: FakeNet,
  time: FakeTime,
  cluster: string,
  servers: TimeServers | null = null,
): Promise<Site> {
  const clock = time.clock();
  const agent = `agent-${cluster}`;
  const fingerprint = digestOf(agent);
  const self: Peer = { kind: "agent", cluster, agent, fingerprint };
  const files = createFakeFiles();
  const logged: string[] = [];
  let database = await openDatabase<AgentTables>(":memory:", agentMigrations);
  let running: {
    readonly life: Life;
    readonly executor: Executor;
    readonly lease: Lease;
    readonly close: () => Promise<void>;
  } | null = null;
  const shared = createSharedClock(clock, servers);
  const clusterClock = createClusterClock(clock, shared);

  const site: Site = {
    cluster,
    agent,
    fingerprint,
    address: `${cluster}:9000`,
    source: createFakeSource(clock, cluster),
    target: createFakeTarget(cluster),
    files,
    limits: { readPrefixes: ["/data"], writePrefixes: ["/coeval"] },
    hear: null,
    clock: shared,
    clusterClock,
    logged,
    crashAt: null,
    knowsCluster: true,
    onCrash: null,
    get db() {
      return database.db;
    },
    get life() {
      return (running as { life: Life }).life;
    },
    async start() {
      const life = createLife((call, count, when) => {
        if (!life.dead && site.crashAt?.(call, count, when)) site.crash();
      });
      const { db } = database;
      const log = logInto(logged, life);
      const world: World = {
        clock,
        random: { bytes: (length) => new Uint8Array(length) },
        hash: fakeHash,
        signatures: fakeSignatures,
        files: life.port(files),
        log,
      };
      const transfers = createTransfers(world, {
        address: site.address,
        finished: (open, peer) => finishedBefore(db, open, peer),
      });
      const network = net.of(self);
      const listener = await network.listen(site.address, (stream) => transfers.accept(stream));
      const lease = createLease(clock, await readAppointment(db));
      const executor = createExecutor({
        lease,
        cluster,
        limits: site.limits,
        shared: {
          world,
          db,
          network,
          transfers,
          capacity: createCapacity(clock, site.limits),
          clock: shared,
          clusterClock,
          signer: { ...fakeSigner(agent), agent, chain: `chain of ${agent}` },
        },
        drivers: () =>
          site.knowsCluster
            ? Promise.resolve({ source: life.port(site.source), target: life.port(site.target) })
            : new Promise(() => undefined),
        report(id, report, lines) {
          if (life.dead || !site.hear) return false;
          site.hear.report(id, report, lines);
          return true;
        },
        answer: (id, outcome) => void (life.dead || site.hear?.answer(id, outcome)),
      });
      running = { life, executor, lease, close: () => listener.close() };
      if (lease.term === null) await executor.appoint({ term: 1, acting: true, leased: false }, []);
      measure(shared, clock.elapsedMs(), time);
      await executor.resume();
    },
    async stop() {
      const was = running;
      running = null;
      await was?.close();
      await was?.executor.stop();
    },
    crash() {
      const was = running;
      if (!was) return;
      was.life.end();
      void was.close();
      database = database.crash();
      for (const connection of net.connections) connection.cut();
      running = null;
      void site.onCrash?.();
    },
    async appoint(appointment) {
      await running?.executor.appoint(appointment, []);
    },
    async instruct(instruction, term = running?.lease.term ?? 1) {
      // Whatever is on its way is in JSON.
      await running?.executor.instruct(JSON.parse(JSON.stringify(instruction)) as Instruction, term);
    },
  };
  await site.start();
  return site;
}

/** One exchange of a ms: the bound is half of it. */
export function measure(clock: AgentClock, elapsedMs: number, time: FakeTime): void {
  clock.reset("control:test");
  clock.measured(elapsedMs - 0.5, elapsedMs + 0.5, BEGIN_MS + time.nowMs);
}

function logInto(lines: string[], life: Life): Log {
  const line = (event: string, fields: object = {}): void => {
    if (!life.dead) lines.push(`${event} ${JSON.stringify(fields)}`);
  };
  return { info: () => undefined, warn: line, error: line };
}
