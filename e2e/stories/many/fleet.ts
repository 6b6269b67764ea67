// Twenty services with twenty policies on three clusters: most from `east`, some from `south`, whose agent is no superuser;
// all to `west`. Each has two directories with a writer. Written through the witness's client, applied as one file.
import { anotherCluster, type TestCluster } from "../../harness/clusters.ts";
import { serviceYaml } from "../../harness/documents.ts";
import { joinCluster } from "../../harness/joined.ts";
import { pause } from "../../harness/wait.ts";
import type { AgentHandle, World } from "../../harness/world.ts";
import { chance } from "../../workload/random.ts";

export interface FleetService {
  readonly name: string;
  readonly primary: "east" | "south";
  readonly dataSets: readonly string[];
  readonly source: string;
  readonly holding: string;
  readonly everyMs: number;
  readonly direction: "push" | "pull";
}

export interface Fleet {
  readonly services: readonly FleetService[];
  readonly south: { readonly cluster: TestCluster; readonly agent: AgentHandle };
  readonly writes: () => number;
  /** Ends the writers; throws what one of them was refused, but for `forgiven` services. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly services: number;
  readonly files: number;
  /** Intervals are taken from these in turn. */
  readonly everyMs: readonly number[];
  /** Rest of a writer between two writes. */
  readonly writerPauseMs: number;
  /** Services whose writer may be refused: their rights are taken away. */
  readonly forgiven: ReadonlySet<string>;
  readonly report: (line: string) => void;
}

const SOUTHERN_EVERY = 4;
/** Of the account the southern agent works as: it owns what it protects, and is superuser of nothing. */
const SOUTH_GROUPS = { coeval: ["staff"], alice: ["staff"] };

export async function fleet(world: World, options: FleetOptions): Promise<Fleet> {
  const { cluster, close } = await anotherCluster("south", { groups: SOUTH_GROUPS });
  try {
    const agent = await joinCluster(world, cluster, { cluster: "south" });
    const services = Array.from({ length: options.services }, (_, index) => plan(index, options));
    for (const service of services) await fill(clusterOf(world, cluster, service), service, options.files);
    options.report(`${services.length} services filled`);
    const text = services.map((service) => document(service)).join("---\n");
    await world.ask(["service", "apply", "-f", world.file("fleet.yaml", text), "--yes"]);
    options.report("all applied by one file");
    const writers = startWriters(world, cluster, services, options);
    return {
      services,
      south: { cluster, agent },
      writes: writers.done,
      quiet: writers.stop,
      async close() {
        await writers.stop();
        await agent.process.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

export function clusterOf(world: World, south: TestCluster, { primary }: FleetService): TestCluster {
  return primary === "south" ? south : world.pair.east;
}

function plan(index: number, { everyMs }: FleetOptions): FleetService {
  const name = `fleet-${String(index + 1).padStart(2, "0")}`;
  const source = `/fleet/${name}`;
  return {
    name,
    primary: index % SOUTHERN_EVERY === SOUTHERN_EVERY - 1 ? "south" : "east",
    dataSets: [`${source}/a`, `${source}/b`],
    source,
    holding: `/backups/${name}`,
    everyMs: everyMs[index % everyMs.length] ?? 0,
    direction: index % 2 === 0 ? "push" : "pull",
  };
}

async function fill(cluster: TestCluster, service: FleetService, files: number): Promise<void> {
  const superuser = cluster.as(cluster.superuser);
  for (const path of service.dataSets) {
    await superuser.call("PUT", path, "MKDIRS", { permission: "755" });
    await superuser.call("PUT", path, "SETOWNER", { owner: cluster.serviceUser, group: "staff" });
    await superuser.call("PUT", path, "ALLOWSNAPSHOT");
  }
  const owner = cluster.as(cluster.serviceUser);
  await Promise.all(
    Array.from({ length: files }, (_, number) => {
      const path = `${service.dataSets[number % 2]}/file-${number}`;
      return owner.write(path, Buffer.from(`${path}\n`.repeat(1 + (number % 50))));
    }),
  );
}

function document(service: FleetService): string {
  return serviceYaml({
    name: service.name,
    primary: service.primary,
    dataSets: service.dataSets,
    source: service.source,
    target: service.holding,
    direction: service.direction,
    moments: [`every: ${service.everyMs / 1000}s`],
    rpo: "5m",
  });
}

function startWriters(
  world: World,
  south: TestCluster,
  services: readonly FleetService[],
  { writerPauseMs, forgiven }: FleetOptions,
): { done(): number; stop(): Promise<void> } {
  let stopping = false;
  let done = 0;
  const write = async (service: FleetService, seed: number): Promise<void> => {
    const cluster = clusterOf(world, south, service);
    const hdfs = cluster.as(cluster.serviceUser);
    const random = chance(seed);
    while (!stopping) {
      const path = `${random.pick(service.dataSets)}/written-${random.below(10)}`;
      try {
        await hdfs.write(path, Buffer.from(`${service.name} ${done}\n`.repeat(1 + random.below(100))));
        done++;
      } catch (error) {
        if (!forgiven.has(service.name)) throw error;
      }
      await pause(writerPauseMs);
    }
  };
  const all = Promise.all(services.map(write));
  // Heard when they are stopped.
  all.catch(() => {});
  return {
    done: () => done,
    async stop() {
      stopping = true;
      await all;
    },
  };
}
