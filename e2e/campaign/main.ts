// `npm run campaign -- moments|kills|fleet|fleet-kills`: the long forms of stories that `npm test` tells briefly, on two real clusters of
// their own. Says each step; ends with the line `N passed, N failed`.
import { parseArgs } from "node:util";
import { startWorld, type World } from "../harness/world.ts";
import { kills, type Victim } from "../stories/kills.ts";
import { killsUnderFleet } from "../stories/many/kills-under-fleet.ts";
import { undisturbed } from "../stories/many/undisturbed.ts";
import { momentsUnderWriters } from "../stories/moments.ts";

const FAILED = 1;
const WRONG_USAGE = 2;
const USAGE = `Usage: npm run campaign -- moments [--moments 10] [--files 2000]
       npm run campaign -- kills [--times 10] [--files 200]
       npm run campaign -- fleet [--services 20] [--minutes 10] [--files 20]
       npm run campaign -- fleet-kills [--services 20] [--times 10] [--files 20]
`;
const VICTIMS: readonly Victim[] = ["control", "east", "west"];
const SEED = 20_261_121;
const FLEET_FILES = 20;
const STOPPED_MS = 60_000;

interface Amounts {
  readonly moments: number;
  readonly times: number;
  readonly services: number;
  readonly minutes: number;
  readonly files: number | null;
}
interface Story {
  readonly what: string;
  readonly tell: (world: World) => Promise<void>;
}

const say = (line: string): void =>
  void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

const campaigns: Record<string, (amounts: Amounts) => Story[]> = {
  moments: ({ moments, files }) =>
    (["each", "covering"] as const).map((snapshottable) => ({
      what: `${moments} moments under writers, ${snapshottable} directory a snapshot root`,
      tell: (world) =>
        momentsUnderWriters(world, {
          name: `moments-${snapshottable}`,
          moments,
          files: files ?? 2000,
          seed: SEED,
          snapshottable,
          report: say,
        }),
    })),
  kills: ({ times, files }) =>
    VICTIMS.map((victim) => ({
      what: `kill -9 of ${victim} at ${times} times of a run`,
      tell: (world) =>
        kills(world, {
          name: `killed-${victim}`,
          victims: [victim],
          times,
          files: files ?? 200,
          seed: SEED,
          report: say,
        }),
    })),
  fleet: ({ services, minutes, files }) => [
    {
      what: `${services} services for ${minutes} minutes, one broken, one agent stopped for a minute`,
      tell: (world) =>
        undisturbed(world, {
          services,
          minutes,
          files: files ?? FLEET_FILES,
          stoppedMs: STOPPED_MS,
          report: say,
        }),
    },
  ],
  "fleet-kills": ({ services, times, files }) => [
    {
      what: `kill -9 of control and agents, ${times} times at random, under ${services} services`,
      tell: (world) =>
        killsUnderFleet(world, { services, times, files: files ?? FLEET_FILES, seed: SEED, report: say }),
    },
  ],
};

const stories = read();
if (stories === null) {
  process.stderr.write(USAGE);
  process.exit(WRONG_USAGE);
}
let failed = 0;
for (const { what, tell } of stories) {
  say(`── ${what}`);
  const world = await startWorld();
  try {
    await tell(world);
    say(`✔ ${what}`);
  } catch (error) {
    failed++;
    say(`✖ ${what}\n${(error as Error).stack}`);
  } finally {
    await world.stop();
  }
}
process.stdout.write(`${stories.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : FAILED;

function read(): Story[] | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        moments: { type: "string", default: "10" },
        times: { type: "string", default: "10" },
        services: { type: "string", default: "20" },
        minutes: { type: "string", default: "10" },
        files: { type: "string" },
      },
    });
    const amount = (text: string): number => {
      if (!/^[1-9]\d{0,5}$/.test(text)) throw new TypeError(`${text} is no amount`);
      return Number(text);
    };
    const made = campaigns[positionals[0] ?? ""]?.({
      moments: amount(values.moments),
      times: amount(values.times),
      services: amount(values.services),
      minutes: amount(values.minutes),
      files: values.files === undefined ? null : amount(values.files),
    });
    return positionals.length === 1 ? (made ?? null) : null;
  } catch (error) {
    process.stderr.write(`campaign: ${(error as Error).message}\n`);
    return null;
  }
}
