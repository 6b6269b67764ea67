// A thousand services due at one instant: the real control device and real agents on real links, clusters in memory. How
// late the snapshots began, when each point was sealed, and how the API answered meanwhile.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { freePorts } from "@coeval/testbed/ports";
import type { Run } from "../../e2e/harness/answers.ts";
import { runCli } from "../../e2e/harness/cli.ts";
import { productProcess } from "../../e2e/harness/daemon.ts";
import { type Rest, restOf } from "../../e2e/harness/rest.ts";
import { pause, until } from "../../e2e/harness/wait.ts";

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    services: { type: "string", default: "1000" },
    pairs: { type: "string", default: "10" },
    files: { type: "string", default: "3" },
    ahead: { type: "string", default: "30" },
    profile: { type: "string" },
  },
});
const SERVICES = Number(values.services);
const PAIRS = Number(values.pairs);
const PROBE_EVERY_MS = 100;
const UP_WITHIN_MS = 60_000;
const DONE_WITHIN_MS = 600_000;
const CALL_TIMEOUT_MS = 120_000;
const PROBES = [
  "/api/v1/status",
  "/api/v1/runs?limit=50",
  "/api/v1/services?limit=50",
  "/api/v1/services/storm-0",
];

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const dir = mkdtempSync(join(tmpdir(), "coeval-storm-"));
const [rest, link] = (await freePorts(2)).map((port) => `127.0.0.1:${port}`);
const data = join(dir, "control");
mkdirSync(data, { mode: 0o700 });
// Where the control device's time goes, as a .cpuprofile in that folder.
const profiled =
  values.profile === undefined ? [] : ["env", `NODE_OPTIONS=--cpu-prof --cpu-prof-dir=${values.profile}`];
const words = ["control", "--data", data, "--listen", rest ?? "", "--link", link ?? ""];
const control = productProcess("control", dir, words, profiled);
const env = { COEVAL_CONFIG: join(dir, "cli.json") };
const cli = async <T>(words: readonly string[]): Promise<T> => {
  const answer = await runCli([...words, "-o", "json"], { env, timeoutMs: CALL_TIMEOUT_MS });
  if (answer.code !== 0) throw new Error(`${words.join(" ")}: ${answer.stderr}`);
  return answer.json<T>();
};
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text, { mode: 0o600 });
  return join(dir, name);
};
const children: ReturnType<typeof spawn>[] = [];
try {
  await control.start();
  const login = [
    "login",
    `https://${rest}`,
    "--token-file",
    join(data, "admin.token"),
    "--ca",
    join(data, "ca.pem"),
  ];
  await until(
    "the control device",
    UP_WITHIN_MS,
    async () => ((await runCli(login, { env })).code === 0 ? true : null),
    control.output,
  );
  const clusters = Array.from({ length: PAIRS }, (_, pair) => [`near-${pair}`, `far-${pair}`]).flat();
  for (const name of clusters) {
    await cli(["cluster", "add", "-f", file(`${name}.yaml`, cluster(name))]);
    file(`${name}.token`, (await cli<{ token: string }>(["cluster", "enroll", name])).token);
  }
  const half = Math.ceil(clusters.length / 2);
  await Promise.all([clusters.slice(0, half), clusters.slice(half)].map(startAgents));
  say(`${clusters.length} agents are up`);
  await until("all clusters well", UP_WITHIN_MS, async () => {
    const { items } = await cli<{ items: { status: { state: string } }[] }>(["cluster", "list"]);
    return items.every(({ status }) => status.state === "ok") ? true : null;
  });
  const moment = Math.ceil((Date.now() + Number(values.ahead) * 1000) / 1000) * 1000;
  const text = Array.from({ length: SERVICES }, (_, index) => service(index, moment)).join("---\n");
  const applyAt = performance.now();
  await cli(["service", "apply", "-f", file("storm.yaml", text), "--yes"]);
  say(
    `${SERVICES} services applied in ${((performance.now() - applyAt) / 1000).toFixed(1)} s, due ${(moment - Date.now()) / 1000} s later`,
  );
  await pause(Math.max(0, moment - Date.now() - 2000));
  const api = restOf({
    url: `https://${rest}`,
    tokenFile: join(data, "admin.token"),
    caFile: join(data, "ca.pem"),
  });
  const latencies: Latency[] = [];
  let over = false;
  const probing = probe(api, latencies, () => over);
  await until("all runs over", DONE_WITHIN_MS, async () => {
    await pause(1000);
    const runs = await api.all<Run>("/api/v1/runs");
    return runs.length >= SERVICES && runs.every(({ phase }) => phase === "done" || phase === "failed")
      ? true
      : null;
  });
  over = true;
  await probing;
  report(await api.all<Run>("/api/v1/runs"), moment, latencies);
  api.close();
} finally {
  for (const child of children) child.kill("SIGTERM");
  await control.stop();
  rmSync(dir, { recursive: true, force: true });
}

function cluster(name: string): string {
  return `apiVersion: coeval/v1\nkind: Cluster\nmetadata: { name: ${name} }\nspec:\n  hdfs: { url: "webhdfs://${name}.invalid:9870", user: hdfs }\n  scopes: ["/"]\n`;
}

function service(index: number, moment: number): string {
  const pair = index % PAIRS;
  return `apiVersion: coeval/v1
kind: Service
metadata: { name: storm-${index} }
spec:
  primary: near-${pair}
  secondary: far-${pair}
  dataSets: [{ hdfs: /data/storm-${index} }]
  mapping: { target: /backup/storm-${index} }
  policy:
    direction: ${index % 2 === 0 ? "push" : "pull"}
    tolerance: { window: 5s, beyond: mark, openFiles: refuse }
    moments: [{ at: "${new Date(moment).toISOString()}" }]
    objective: { rpo: 5m }
`;
}

async function startAgents(names: readonly string[]): Promise<void> {
  const entry = fileURLToPath(new URL("agents.ts", import.meta.url));
  const child = spawn(process.execPath, [entry, dir, names.join(","), String(SERVICES), values.files], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const gone = once(child, "exit").then(() => Promise.reject(new Error("the agents' process ended")));
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), gone]);
  gone.catch(() => {});
}

interface Latency {
  readonly path: string;
  readonly ms: number;
}

async function probe(api: Rest, latencies: Latency[], over: () => boolean): Promise<void> {
  for (let number = 0; !over(); number++) {
    const begunAt = performance.now();
    const path = PROBES[number % PROBES.length] ?? "";
    await api.get(path);
    latencies.push({ path, ms: performance.now() - begunAt });
    await pause(PROBE_EVERY_MS);
  }
}

function report(runs: readonly Run[], moment: number, latencies: readonly Latency[]): void {
  const sorted = (of: readonly number[]): number[] => of.toSorted((a, b) => a - b);
  const line = (what: string, of: readonly number[]): string => {
    const all = sorted(of);
    const at = (share: number): string =>
      (all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? Number.NaN).toFixed(0);
    return `${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms (${all.length})\n`;
  };
  const done = runs.filter(({ phase }) => phase === "done");
  const causes = new Map<string, number>();
  for (const { cause } of runs) if (cause !== null) causes.set(cause.code, (causes.get(cause.code) ?? 0) + 1);
  const receipts = runs.flatMap((run) => run.receipts);
  process.stdout.write(
    `${SERVICES} services on ${PAIRS} pairs due at one instant: ${runs.length} runs, ${done.length} sealed, ` +
      `${[...causes].map(([code, times]) => `${times} ${code}`).join(", ") || "none failed"}\n` +
      line(
        "snapshot began after the moment",
        receipts.map(({ earliest }) => Date.parse(earliest) - moment),
      ) +
      line(
        "snapshot was there after the moment",
        receipts.map(({ latest }) => Date.parse(latest) - moment),
      ) +
      line(
        "run was over after the moment",
        done.map(({ endedAt }) => Date.parse(endedAt ?? "") - moment),
      ) +
      line(
        "API call meanwhile",
        latencies.map(({ ms }) => ms),
      ) +
      PROBES.map((path) =>
        line(
          `  GET ${path}`,
          latencies.filter((one) => one.path === path).map(({ ms }) => ms),
        ),
      ).join(""),
  );
}
