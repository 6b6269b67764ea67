// The long forms of stories that `npm test` tells briefly or not at all, by name.
import { startWorld, type World } from "../harness/world.ts";
import { bothWays } from "../stories/both-ways.ts";
import { failoverInCopy, pairedWorld } from "../stories/failover-copy.ts";
import { kerberizedWorld } from "../stories/kerberized.ts";
import { mixedLoad } from "../stories/hdfs/mixed-load.ts";
import { kills, type Victim } from "../stories/kills.ts";
import { killsUnderFleet } from "../stories/many/kills-under-fleet.ts";
import { undisturbed } from "../stories/many/undisturbed.ts";
import { momentsUnderWriters } from "../stories/moments.ts";
import { oneDirection } from "../stories/one-direction.ts";
import { priorities } from "../stories/priorities.ts";
import { takeover } from "../stories/takeover.ts";

export interface Amounts {
  readonly moments: number;
  readonly times: number;
  readonly services: number;
  readonly minutes: number;
  /** Null: what the campaign itself thinks right. */
  readonly files: number | null;
  readonly seed: number;
}

export interface Story {
  readonly what: string;
  readonly tell: () => Promise<void>;
}

type Say = (line: string) => void;

export const USAGE = `Usage: npm run campaign -- moments [--moments 10] [--files 2000]
       npm run campaign -- kills [--times 10] [--files 200]
       npm run campaign -- fleet [--services 20] [--minutes 10] [--files 20]
       npm run campaign -- fleet-kills [--services 20] [--times 200] [--files 20]
       npm run campaign -- priorities
       npm run campaign -- takeover
       npm run campaign -- kerberos [--files 90]
       npm run campaign -- failover-copy
       npm run campaign -- hdfs-mixed-load [--minutes 10] [--seed N]
       npm run campaign -- one-direction          (root and iproute2 are needed)
`;
const VICTIMS: readonly Victim[] = ["control", "east", "west"];
export const SEED = 20_261_121;
const MOMENTS_FILES = 2000;
const KILLS_FILES = 200;
const FLEET_FILES = 20;
const KERBEROS_FILES = 90;
const KERBEROS_CHANGES = 60;
const STOPPED_MS = 60_000;

export const campaigns: Readonly<Record<string, (amounts: Amounts, say: Say) => Story[]>> = {
  moments: ({ moments, files }, say) =>
    (["each", "covering"] as const).map((snapshottable) => ({
      what: `${moments} moments under writers, ${snapshottable} directory a snapshot root`,
      tell: inWorld((world) =>
        momentsUnderWriters(world, {
          name: `moments-${snapshottable}`,
          moments,
          files: files ?? MOMENTS_FILES,
          seed: SEED,
          snapshottable,
          report: say,
        }),
      ),
    })),
  kills: ({ times, files }, say) =>
    VICTIMS.map((victim) => ({
      what: `kill -9 of ${victim} at ${times} times of a run`,
      tell: inWorld((world) =>
        kills(world, {
          name: `killed-${victim}`,
          victims: [victim],
          times,
          files: files ?? KILLS_FILES,
          seed: SEED,
          report: say,
        }),
      ),
    })),
  fleet: ({ services, minutes, files }, report) => [
    {
      what: `${services} services for ${minutes} minutes, one broken, one agent stopped for a minute`,
      tell: inWorld((world) =>
        undisturbed(world, {
          services,
          minutes,
          files: files ?? FLEET_FILES,
          stoppedMs: STOPPED_MS,
          report,
        }),
      ),
    },
  ],
  "fleet-kills": ({ services, times, files }, report) => [
    {
      what: `kill -9 of control and agents, ${times} times at random, under ${services} services`,
      tell: inWorld((world) =>
        killsUnderFleet(world, { services, times, files: files ?? FLEET_FILES, seed: SEED, report }),
      ),
    },
  ],
  priorities: (_, report) => [
    {
      what: "an agent that moves one transfer at a time: four services, by priority",
      tell: inWorld((world) => priorities(world, report)),
    },
  ],
  takeover: (_, report) => [
    {
      what: "two agents on each side, the acting one killed four times",
      tell: inWorld((world) =>
        takeover(world, { name: "takeover", everyMs: 5000, files: 40, rounds: 2, report }),
      ),
    },
  ],
  kerberos: ({ files }, say) => [
    {
      what: "two clusters with Kerberos, two realms without trust: pushed, pulled, and edited from one to the other",
      tell: inWorld(
        (world) =>
          bothWays(world, {
            name: "kerberized",
            files: files ?? KERBEROS_FILES,
            seed: SEED,
            changes: KERBEROS_CHANGES,
          }),
        () => kerberizedWorld(say),
      ),
    },
  ],
  "failover-copy": (_, say) => [
    {
      what: "two pairs of NameNodes of one nameservice's name, each active one lost in mid-copy",
      tell: inWorld(
        (world) => failoverInCopy(world, say),
        () => pairedWorld(say),
      ),
    },
  ],
  "hdfs-mixed-load": ({ minutes, seed }, say) => [
    {
      what: `the HDFS client under mixed load for ${minutes} minutes, DataNodes killed at random`,
      tell: () => mixedLoad({ minutes, seed, say }),
    },
  ],
  "one-direction": (_, say) => [
    { what: "three hosts, one direction cut at a time", tell: () => oneDirection(say) },
  ],
};

/** Two real clusters and the whole product, of the story's own. */
function inWorld(
  tell: (world: World) => Promise<void>,
  start: () => Promise<World> = startWorld,
): () => Promise<void> {
  return async () => {
    const world = await start();
    try {
      await tell(world);
    } finally {
      await world.stop();
    }
  };
}
