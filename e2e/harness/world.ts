// The whole product on two real clusters, set up through the commands that a user types: a control device, an agent
// beside each cluster, a login. Everything ends with `stop`, or with this process.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@coeval/testbed/ports";
import { type CliAnswer, type CliCall, runCli } from "./cli.ts";
import { type Pair, testClusters } from "./clusters.ts";
import { type ProductProcess, productProcess } from "./daemon.ts";
import { clusterYaml, type ServiceWords, serviceYaml } from "./documents.ts";
import { until } from "./wait.ts";

export interface World {
  readonly dir: string;
  readonly pair: Pair;
  readonly control: ProductProcess;
  readonly east: AgentHandle;
  readonly west: AgentHandle;
  /** Where the control device answers people, `https://…`. */
  readonly url: string;
  /** `host:port` where agents connect. */
  readonly link: string;
  readonly dataFolder: string;
  readonly tokenFile: string;
  readonly caFile: string;
  /** A command as the administrator; `-o json` is for the caller to say. */
  cli(words: readonly string[], call?: CliCall): Promise<CliAnswer>;
  /** The same, must succeed; its JSON. */
  ask<T = Record<string, unknown>>(words: readonly string[], call?: CliCall): Promise<T>;
  /** Writes a file into the world's folder; its path. */
  file(name: string, text: string): string;
  applyService(words: ServiceWords): Promise<void>;
  /** Both agents connected and both clusters well. */
  settled(limitMs?: number): Promise<void>;
  /** Ends the processes and removes the folder; clusters of the world's own as well. */
  stop(): Promise<void>;
}

export interface AgentHandle {
  readonly process: ProductProcess;
  readonly dataFolder: string;
}

export interface WorldOptions {
  readonly pair?: Pair;
  /** Prefixes that the clusters' definitions grant, and that the agents' own limits allow; default everything. */
  readonly scopes?: readonly string[];
  readonly eastReads?: readonly string[];
  readonly westWrites?: readonly string[];
  /** Where the cluster `east` is registered to answer instead of its own address: a forwarder. */
  readonly eastEndpoint?: string;
  /** What else than its own address `spec.hdfs` says of a cluster, line by line. */
  readonly hdfs?: Partial<Record<Side, readonly string[]>>;
  /** Further words of an agent, and what goes before its command, as `env NAME=VALUE`. */
  readonly agents?: Partial<Record<Side, AgentWords>>;
  /** The one clock, as `coeval control --clock` takes it. */
  readonly clock?: string;
  /** What the agent of `east` asks for it instead. */
  readonly eastClock?: string;
  /** Keep the folder, for its logs. */
  readonly keep?: boolean;
}

type Side = "east" | "west";

export interface AgentWords {
  readonly words?: readonly string[];
  readonly on?: readonly string[];
}

const START_LIMIT_MS = 30_000;

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const pair = options.pair ?? (await testClusters());
  const dir = mkdtempSync(join(tmpdir(), "coeval-world-"));
  const [rest, link, east, west] = (await freePorts(4)).map((port) => `127.0.0.1:${port}`);
  const world = compose(pair, dir, options, { rest, link, east, west } as Addresses);
  try {
    await world.control.start();
    const { tokenFile, caFile, url } = world;
    await until(
      "the control device",
      START_LIMIT_MS,
      async () => {
        if (world.control.process === null) throw new Error(`it ended:\n${world.control.output()}`);
        const login = ["login", url, "--token-file", tokenFile, "--ca", caFile];
        return (await world.cli(login)).code === 0 ? true : null;
      },
      world.control.output,
    );
    await Promise.all([enrol(world, "east", options), enrol(world, "west", options)]);
    await world.settled();
    return world;
  } catch (error) {
    await world.stop();
    throw error;
  }
}

interface Addresses {
  readonly rest: string;
  readonly link: string;
  readonly east: string;
  readonly west: string;
}

function compose(pair: Pair, dir: string, options: WorldOptions, at: Addresses): World {
  const dataFolder = join(dir, "control");
  const env = { COEVAL_CONFIG: join(dir, "cli", "config.json") };
  const run = (words: readonly string[], call: CliCall = {}): Promise<CliAnswer> =>
    runCli(words, { ...call, env: { ...env, ...call.env } });
  const agentOf = (name: "east" | "west"): AgentHandle => {
    const data = join(dir, `agent-${name}`);
    mkdirSync(data, { mode: 0o700 });
    const reads = name === "east" ? (options.eastReads ?? ["/"]) : ["/"];
    const writes = name === "west" ? (options.westWrites ?? ["/"]) : ["/"];
    const words = ["agent", "--data", data, "--token-file", join(dir, `${name}.token`), "--listen", at[name]];
    words.push("--allow-read", reads.join(","), "--allow-write", writes.join(","));
    if (name === "east" && options.eastClock !== undefined) words.push("--clock", options.eastClock);
    const more = options.agents?.[name] ?? {};
    words.push(...(more.words ?? []));
    return { process: productProcess(`agent-${name}`, dir, words, more.on), dataFolder: data };
  };
  mkdirSync(dataFolder, { mode: 0o700 });
  const words = ["control", "--data", dataFolder, "--listen", at.rest, "--link", at.link];
  if (options.clock !== undefined) words.push("--clock", options.clock);
  const world: World = {
    dir,
    pair,
    control: productProcess("control", dir, words),
    east: agentOf("east"),
    west: agentOf("west"),
    url: `https://${at.rest}`,
    link: at.link,
    dataFolder,
    tokenFile: join(dataFolder, "admin.token"),
    caFile: join(dataFolder, "ca.pem"),
    cli: run,
    async ask(words, call) {
      const answer = await run([...words, "-o", "json"], call);
      if (answer.code !== 0)
        throw new Error(`coeval ${words.join(" ")} ended with ${answer.code}:\n${answer.stderr}`);
      return answer.json();
    },
    file(name, text) {
      const path = join(dir, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    },
    async applyService(words) {
      const file = world.file(`${words.name}.yaml`, serviceYaml(words));
      await world.ask(["service", "apply", "-f", file, "--yes"]);
    },
    settled: (limitMs = START_LIMIT_MS) => settled(world, limitMs),
    async stop() {
      await Promise.all([world.east.process.stop(), world.west.process.stop()]);
      await world.control.stop();
      if (options.keep !== true) rmSync(dir, { recursive: true, force: true });
      if (options.pair === undefined) await pair.close();
    },
  };
  return world;
}

async function enrol(world: World, name: "east" | "west", options: WorldOptions): Promise<void> {
  const cluster = world.pair[name];
  const nameNodeRpc = (name === "east" ? options.eastEndpoint : undefined) ?? cluster.nameNodeRpc;
  const scopes = options.scopes ?? ["/"];
  const definition = clusterYaml(name, { ...cluster, nameNodeRpc }, scopes, options.hdfs?.[name]);
  await world.ask(["cluster", "add", "-f", world.file(`${name}.yaml`, definition)]);
  const { token } = await world.ask<{ token: string }>(["cluster", "enroll", name]);
  world.file(`${name}.token`, `${token}\n`);
  await world[name].process.start();
}

interface ClusterAnswer {
  readonly metadata: { readonly name: string };
  readonly status: { readonly state: string; readonly cause: string | null };
}

async function settled(world: World, limitMs: number): Promise<void> {
  let last = "";
  await until(
    "both clusters well",
    limitMs,
    async () => {
      const dead = [world.control, world.east.process, world.west.process].find(
        (each) => each.process === null,
      );
      if (dead !== undefined) throw new Error(`${dead.role} has ended:\n${dead.output().slice(-2000)}`);
      const answer = await world.cli(["cluster", "list", "-o", "json"]);
      if (answer.code !== 0) {
        last = answer.stderr;
        return null;
      }
      const found = answer.json<ClusterAnswer[] | { items: ClusterAnswer[] }>();
      const clusters = Array.isArray(found) ? found : found.items;
      last = clusters
        .map(({ metadata, status }) => `${metadata.name} ${status.state} ${status.cause}`)
        .join("\n");
      return clusters.length >= 2 && clusters.every(({ status }) => status.state === "ok") ? true : null;
    },
    () => `${last}\n${logs(world)}`,
  );
}

/** The last lines of every process of the world. */
export function logs(world: World): string {
  return [world.control, world.east.process, world.west.process]
    .map((each) => `── ${each.role}\n${each.output().slice(-2000)}`)
    .join("\n");
}
