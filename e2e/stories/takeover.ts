// Two agents on each cluster, services by policy, and the acting agent killed on one side, then on the other, then again: each
// time the other one takes over, points go on by themselves, and nothing is left behind.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Point, Run } from "../harness/answers.ts";
import { enrolledAgent } from "../harness/enrolled-agent.ts";
import { type AgentAnswer, actingAgent, agents } from "../harness/standby.ts";
import { pause, until } from "../harness/wait.ts";
import { type AgentHandle, logs, type World } from "../harness/world.ts";
import { startMutators } from "../workload/mutators.ts";
import { nothingLeftBehind } from "./clean.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, protectedShop } from "./protected.ts";

export interface TakeoverOptions {
  readonly name: string;
  readonly everyMs: number;
  readonly files: number;
  /** How often each side is taken over, there and back. */
  readonly rounds: 1 | 2;
  readonly report: (line: string) => void;
}

const KILLINGS = [
  ["east", "east", "east-2", 0],
  ["west", "west", "west-2", 1700],
  ["east", "east-2", "east", 900],
  ["west", "west-2", "west", 2600],
] as const;
const POINT_WITHIN_MS = 120_000;
const WRITERS_PAUSE_MS = 300;
/** What stands by has its copies within this. */
const COPIED_WITHIN_MS = 6000;

export async function takeover(world: World, options: TakeoverOptions): Promise<void> {
  const { everyMs, files, report } = options;
  const words = { moments: [`every: ${everyMs / 1000}s`], rpo: "5m" };
  const pushed = await protectedShop(world, { name: `${options.name}-push`, files, words });
  const pulled = await protectedShop(world, {
    name: `${options.name}-pull`,
    files,
    words: { ...words, direction: "pull" },
  });
  const services = [pushed, pulled];
  const handles: Record<string, AgentHandle> = {
    east: world.east,
    west: world.west,
    "east-2": await enrolledAgent(world, { cluster: "east", name: "east-2" }),
    "west-2": await enrolledAgent(world, { cluster: "west", name: "west-2" }),
  };
  const { east } = world.pair;
  const mutators = await Promise.all(
    services.map(({ shop }, seed) => startMutators({ shop, as: east.as, seed, pauseMs: WRITERS_PAUSE_MS })),
  );
  const told = (): string => [logs(world), ...Object.values(handles).map(tail)].join("\n");
  try {
    await pointsSince(world, services, Date.now(), told);
    for (const [cluster, victim, heir, afterMs] of KILLINGS.slice(0, 2 * options.rounds)) {
      await pause(COPIED_WITHIN_MS + afterMs);
      await killed(world, { cluster, victim, heir }, { services, handles, report, told });
      // The one that was killed comes back, and stands by.
      await (handles[victim] as AgentHandle).process.start();
      await until(
        `${victim} standing by`,
        POINT_WITHIN_MS,
        async () => {
          const found = (await agents(world)).find((one) => one.name === victim);
          return found?.state === "connected" && found.duty === "standby" ? true : null;
        },
        told,
      );
    }
    const judged = await settleAll(world, services, told);
    await Promise.allSettled(mutators.map((each) => each.stop()));
    for (const { story, last } of judged) {
      await pointHolds(await withManifest(world, handles), story, last, { writersLive: true });
      await nothingLeftBehind(world, story, last);
      await chainHolds(world, story, report);
    }
    await revoked(world, handles, report);
  } finally {
    await Promise.allSettled(mutators.map((each) => each.stop()));
    const standbys = [handles["east-2"], handles["west-2"]] as AgentHandle[];
    await Promise.allSettled(standbys.map((each) => each.process.stop()));
  }
}

interface Killing {
  readonly cluster: "east" | "west";
  readonly victim: string;
  readonly heir: string;
}

interface Scene {
  readonly services: readonly Protected[];
  readonly handles: Readonly<Record<string, AgentHandle>>;
  readonly report: (line: string) => void;
  readonly told: () => string;
}

/** kill -9 of the acting agent; how long until the other one acts, and until every service has a point of a moment after it. */
async function killed(world: World, { cluster, victim, heir }: Killing, scene: Scene): Promise<void> {
  const { services, handles, report, told } = scene;
  assert.equal((await actingAgent(world, cluster))?.name, victim);
  await (handles[victim] as AgentHandle).process.kill();
  const killedAt = Date.now();
  const acts = await until(
    `${heir} acting`,
    POINT_WITHIN_MS,
    async () => {
      const found = await actingAgent(world, cluster);
      return found?.name === heir ? found : null;
    },
    told,
  );
  const actsAfter = Date.parse(acts.actingSince ?? "") - killedAt;
  assert.match(acts.tookOverBecause ?? "", new RegExp(`^${victim} was last heard at `));
  const seen = await world.cli(["status"]);
  assert.match(
    seen.stdout,
    new RegExp(`${heir} took over in term ${acts.term}: ${victim} was last heard`),
    seen.stdout,
  );
  assert.match(seen.stdout, new RegExp(`${victim} does not stand by`));
  const after = await pointsSince(world, services, killedAt, told);
  report(
    `kill -9 of ${victim}: ${heir} acts after ${seconds(actsAfter)} (term ${acts.term}); the next points are sealed after ` +
      after.map((ms) => seconds(ms)).join(" and "),
  );
}

/** For each service how long it took until a point of a moment after that instant was sealed. */
async function pointsSince(
  world: World,
  services: readonly Protected[],
  sinceMs: number,
  told: () => string,
): Promise<number[]> {
  return Promise.all(
    services.map(({ service }) =>
      until(
        `a point of ${service}`,
        POINT_WITHIN_MS,
        async () => {
          const { items } = await world.ask<{ items: Point[] }>(["point", "list", service]);
          return items.some(({ moment }) => Date.parse(moment) > sinceMs) ? Date.now() - sinceMs : null;
        },
        told,
      ),
    ),
  );
}

/** Paused, with no run going on: the last run of each that made a point. */
async function settleAll(
  world: World,
  services: readonly Protected[],
  told: () => string,
): Promise<readonly { readonly story: Protected; readonly last: Run }[]> {
  const judged = [];
  for (const story of services) {
    await world.cli(["service", "pause", story.service, "--why", "the story ends"]);
    const last = await until(
      "no run",
      POINT_WITHIN_MS,
      async () => {
        const { items } = await world.ask<{ items: Run[] }>(["run", "list", "--service", story.service]);
        if (items.some(({ phase }) => phase !== "done" && phase !== "failed")) return null;
        return items.find(({ phase }) => phase === "done") ?? null;
      },
      told,
    );
    judged.push({ story, last });
  }
  return judged;
}

/** The world with the acting agent of west in its place: that one keeps the newest point's manifest. */
async function withManifest(world: World, handles: Readonly<Record<string, AgentHandle>>): Promise<World> {
  const acting = await actingAgent(world, "west");
  return { ...world, west: handles[acting?.name ?? ""] as AgentHandle };
}

/** The certificates of all points, signed by one agent after the other, are one chain. */
async function chainHolds(
  world: World,
  { service }: Protected,
  report: (line: string) => void,
): Promise<void> {
  const { items } = await world.ask<{ items: Point[] }>(["point", "list", service]);
  const signers = new Set<string>();
  const folder = join(world.dir, `chain-${service}`);
  for (const [index, { id }] of items.toReversed().entries()) {
    const certificate = await world.ask<{ source: { agent: string }; target: { agent: string } }>([
      "certificate",
      "get",
      id,
    ]);
    signers.add(`${certificate.source.agent}→${certificate.target.agent}`);
    const place = String(index).padStart(3, "0");
    mkdirSync(join(folder, place), { recursive: true });
    world.file(join(`chain-${service}`, place, "certificate.json"), JSON.stringify(certificate));
  }
  const answer = await world.cli(["certificate", "check", folder]);
  assert.equal(answer.code, 0, `${answer.stdout}\n${answer.stderr}`);
  assert.ok(signers.size > 1, `signed by ${[...signers].join(", ")}`);
  report(`${service}: ${items.length} points, one chain, signed by ${[...signers].join(", ")}`);
}

/** A revoked acting agent is followed as soon as no lease of its can last any more. */
async function revoked(
  world: World,
  handles: Readonly<Record<string, AgentHandle>>,
  report: (line: string) => void,
): Promise<void> {
  const before = (await actingAgent(world, "east")) as AgentAnswer;
  assert.equal((await world.cli(["agent", "revoke", `east/${before.name}`, "--yes"])).code, 0);
  const atMs = Date.now();
  const next = await until("another agent", POINT_WITHIN_MS, async () => {
    const found = await actingAgent(world, "east");
    return found && found.name !== before.name ? found : null;
  });
  await (handles[before.name] as AgentHandle).process.stop();
  report(`${before.name} revoked: ${next.name} acts after ${seconds(Date.now() - atMs)}`);
}

function tail({ process }: AgentHandle): string {
  return `── ${process.role}\n${process.output().slice(-2000)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
