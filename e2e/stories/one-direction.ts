// Control device, primary and secondary on three hosts. Each cluster listens on its own host's loopback, where only its
// agent reaches it: everything works by the agents' own connections. With one direction between the agents cut, only the
// mode that connects the other way works, and the other says why; with both cut none does; mended, both do.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { isOver, type Run } from "../harness/answers.ts";
import { runCli } from "../harness/cli.ts";
import { type ProductProcess, productProcess } from "../harness/daemon.ts";
import { serviceYaml } from "../harness/documents.ts";
import type { Site } from "../harness/enrolled-agent.ts";
import { joinCluster } from "../harness/joined.ts";
import { type HostName, type Hosts, threeHosts } from "../harness/namespaces.ts";
import { until } from "../harness/wait.ts";
import { equal, inWords } from "../independent/equal.ts";
import type { Witnessed } from "../independent/walk.ts";

type Side = "east" | "west";
type Direction = "push" | "pull";

interface Hosted extends Site {
  readonly hosts: Hosts;
  readonly nameNode: Readonly<Record<Side, string>>;
}

const INSIDE = fileURLToPath(new URL("../harness/inside.ts", import.meta.url));
const SUPERUSER = "hdfs";
const REST_PORT = 7070;
const LINK_PORT = 7071;
const AGENT_PORT = 7072;
const UP_TIMEOUT_MS = 60_000;
const READY_WITHIN_MS = 30_000;
/** A transfer that cannot connect is tried again for about five minutes. */
const RUN_WITHIN_MS = 420_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const FILES = 60;

export async function oneDirection(report: (line: string) => void): Promise<void> {
  const hosts = threeHosts();
  const dir = mkdtempSync(join(tmpdir(), "coeval-hosts-"));
  const processes: ProductProcess[] = [];
  const testbeds: string[] = [];
  try {
    const site = await buildSite(hosts, dir, processes, testbeds);
    report("control device, two clusters and two agents on three hosts");
    await judgeReach(site, report);
    for (const direction of ["push", "pull"] as const) await service(site, direction);
    await expectations(site, { push: "done", pull: "done" }, "both directions open", report);
    hosts.cut("east");
    await expectations(site, { push: "failed", pull: "done" }, "east reaches west no more", report);
    hosts.mend("east");
    hosts.cut("west");
    await expectations(site, { push: "done", pull: "failed" }, "west reaches east no more", report);
    hosts.cut("east");
    await expectations(site, { push: "failed", pull: "failed" }, "both directions cut", report);
    hosts.mend("east");
    hosts.mend("west");
    await expectations(site, { push: "done", pull: "done" }, "both mended", report);
  } finally {
    for (const each of processes.toReversed()) await each.stop();
    for (const testbed of testbeds)
      await runCli(["testbed", "down", "--dir", testbed], { timeoutMs: UP_TIMEOUT_MS });
    hosts.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function buildSite(
  hosts: Hosts,
  dir: string,
  processes: ProductProcess[],
  testbeds: string[],
): Promise<Hosted> {
  const nameNode = { east: "", west: "" };
  const rpc = { east: "", west: "" };
  for (const name of ["east", "west"] as const) {
    const folder = join(dir, `testbed-${name}`);
    testbeds.push(folder);
    const words = ["testbed", "up", "--dir", folder, "--name", name, "--detach", "-o", "json"];
    const up = await runCli(words, { on: hosts.on(name), timeoutMs: UP_TIMEOUT_MS });
    assert.equal(up.code, 0, up.stderr);
    const [made] = up.json<{ clusters: { nameNodeHttp: string; nameNodeRpc: string }[] }>().clusters;
    nameNode[name] = made?.nameNodeHttp ?? "";
    rpc[name] = made?.nameNodeRpc ?? "";
  }
  const data = join(dir, "control");
  mkdirSync(data, { mode: 0o700 });
  const address = hosts.address("control");
  const words = ["control", "--data", data, "--listen", `127.0.0.1:${REST_PORT}`];
  words.push("--link", `${address}:${LINK_PORT}`);
  const control = productProcess("control", dir, words, hosts.on("control"));
  processes.push(control);
  await control.start();
  const env = { COEVAL_CONFIG: join(dir, "cli", "config.json") };
  const cli = (line: readonly string[]) => runCli(line, { env, on: hosts.on("control") });
  const site: Hosted = {
    hosts,
    dir,
    nameNode,
    file(name, text) {
      const path = join(dir, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    },
    async ask(line) {
      const answer = await cli([...line, "-o", "json"]);
      assert.equal(answer.code, 0, `${line.join(" ")}: ${answer.stderr}`);
      return answer.json();
    },
  };
  const login = ["login", `https://127.0.0.1:${REST_PORT}`, "--token-file", join(data, "admin.token")];
  login.push("--ca", join(data, "ca.pem"));
  await until(
    "the control device",
    READY_WITHIN_MS,
    async () => ((await cli(login)).code === 0 ? true : null),
    control.output,
  );
  for (const name of ["east", "west"] as const) {
    const cluster = { nameNodeHttp: nameNode[name], nameNodeRpc: rpc[name], serviceUser: SUPERUSER };
    await joinCluster(site, cluster, {
      cluster: name,
      listen: `${hosts.address(name)}:${AGENT_PORT}`,
      on: hosts.on(name),
      made: (process) => processes.push(process),
    });
  }
  return site;
}

/** What a host may reach is seen by plain connections, before the product is believed. */
async function judgeReach(site: Hosted, report: (line: string) => void): Promise<void> {
  const tries: [HostName, string, string][] = [
    ["control", `${site.hosts.address("east")}:${AGENT_PORT}`, "the primary's host"],
    ["control", site.nameNode.east, "the primary cluster"],
    ["control", site.nameNode.west, "the secondary cluster"],
    ["east", site.nameNode.west, "the secondary cluster"],
    ["west", site.nameNode.east, "the primary cluster"],
  ];
  for (const [host, address, what] of tries) {
    const found = await inside(site, host, ["reach", address]);
    assert.match(found, /^E(NETUNREACH|HOSTUNREACH|CONNREFUSED)$/, `${host} reaches ${what}: ${found}`);
    report(`${host} → ${what}: ${found}`);
  }
  assert.equal(await inside(site, "east", ["reach", site.nameNode.east]), "reached");
}

async function service(site: Hosted, direction: Direction): Promise<void> {
  const name = `by-${direction}`;
  const source = `/data/${name}`;
  await inside(site, "east", ["fill", site.nameNode.east, SUPERUSER, source, String(FILES)]);
  const text = serviceYaml({
    name,
    dataSets: [`${source}/a`, `${source}/b`],
    source,
    target: `/backups/${name}`,
    direction,
  });
  await site.ask(["service", "apply", "-f", site.file(`${name}.yaml`, text), "--yes"]);
}

async function expectations(
  site: Hosted,
  expected: Readonly<Record<Direction, "done" | "failed">>,
  when: string,
  report: (line: string) => void,
): Promise<void> {
  const judge = async (direction: Direction): Promise<void> => {
    const begunAt = performance.now();
    const { run, seen } = await protect(site, `by-${direction}`);
    const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
    const how = run.phase === "done" ? "a point" : `${run.cause?.code}: ${run.cause?.message}`;
    report(`${when}; ${direction} after ${seconds} s: ${how}`);
    if (run.phase !== "done")
      assert.match(seen, /^waiting for the other agent/, "what it waits for is shown");
    assert.equal(run.phase, expected[direction], `${when}: ${direction}: ${JSON.stringify(run.cause)}`);
    if (run.phase === "done") await judgePoint(site, run);
    else assert.match(run.cause?.message ?? "", /east|west|10\.77/, "the cause names who is not reached");
  };
  await Promise.all([judge("push"), judge("pull")]);
}

interface Progress {
  readonly source: { readonly doing: string } | null;
  readonly target: { readonly doing: string } | null;
}

/** The run once it is over, and what was shown while it waited. */
async function protect(site: Hosted, name: string): Promise<{ run: Run; seen: string }> {
  const { id } = await site.ask<Run>(["service", "protect", name]);
  let seen = "";
  const run = await until(`the end of ${id}`, RUN_WITHIN_MS, async () => {
    const now = await site.ask<Run & { progress: Progress }>(["run", "get", id]);
    const { source, target } = now.progress;
    seen = [source?.doing, target?.doing].find((doing) => doing?.startsWith("waiting")) ?? seen;
    return isOver(now) ? now : null;
  });
  return { run, seen };
}

async function judgePoint(site: Hosted, run: Run): Promise<void> {
  for (const { root, snapshotName } of run.receipts) {
    const set = root.slice(root.lastIndexOf("/") + 1);
    const there = walked(site, "east", `${root}/.snapshot/${snapshotName}`);
    const here = walked(site, "west", `/backups/${run.service}/.snapshot/current/${set}`);
    const { differences, entries } = await equal(there, here);
    assert.equal(inWords(differences), "", `${run.id}: ${root}`);
    assert.ok(entries > 1);
  }
}

async function* walked(site: Hosted, host: Side, path: string): AsyncGenerator<Witnessed> {
  const text = await inside(site, host, ["walk", site.nameNode[host], SUPERUSER, path]);
  yield* JSON.parse(text) as Witnessed[];
}

async function inside(site: Hosted, host: HostName, words: readonly string[]): Promise<string> {
  const [command = "", ...rest] = [...site.hosts.on(host), process.execPath, INSIDE, ...words];
  const { stdout } = await promisify(execFile)(command, rest, {
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: UP_TIMEOUT_MS,
  });
  return stdout;
}
