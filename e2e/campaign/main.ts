// `npm run campaign -- moments|kills`: the long forms of stories that `npm test` tells briefly, on two real clusters of
// their own. Says each step; ends with the line `N passed, N failed`.
import { parseArgs } from "node:util";
import { startWorld, type World } from "../harness/world.ts";
import { kills, type Victim } from "../stories/kills.ts";
import { momentsUnderWriters } from "../stories/moments.ts";

const FAILED = 1;
const WRONG_USAGE = 2;
const USAGE = `Usage: npm run campaign -- moments [--moments 10] [--files 2000]
       npm run campaign -- kills [--times 10] [--files 200]
`;
const VICTIMS: readonly Victim[] = ["control", "east", "west"];
const SEED = 20_261_121;

interface Amounts {
  readonly moments: number;
  readonly times: number;
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
      files: values.files === undefined ? null : amount(values.files),
    });
    return positionals.length === 1 ? (made ?? null) : null;
  } catch (error) {
    process.stderr.write(`campaign: ${(error as Error).message}\n`);
    return null;
  }
}
