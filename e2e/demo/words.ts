// The words of the demo's command line.
import { parseArgs } from "node:util";

export interface DemoWords {
  /** Moments to take before it ends by itself. */
  readonly moments: number;
  /** Files written before the first moment. */
  readonly files: number;
  readonly everySeconds: number;
  /** After the last moment everything stays up until Ctrl-C, for a look around. */
  readonly keep: boolean;
}

export const USAGE = `Usage: npm run demo -- [--moments N] [--files N] [--every SECONDS] [--keep]

Two real HDFS clusters, a control device, an agent beside each cluster, and a shop that is written all the time; a
recovery point of one moment every ten seconds, by policy: one service is pushed, one pulled. It ends by itself after 2
points of each, or with Ctrl-C, and leaves nothing.
  --keep   stay up after the last moment, until Ctrl-C
`;

const MOMENTS_MAX = 10_000;
const FILES_MAX = 100_000;
const EVERY_SECONDS_MAX = 3600;

export function demoWords(args: readonly string[]): DemoWords | { readonly wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        moments: { type: "string", default: "2" },
        files: { type: "string", default: "300" },
        every: { type: "string", default: "10" },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { wrong: "" };
    return {
      moments: wholeNumber("--moments", values.moments, MOMENTS_MAX),
      files: wholeNumber("--files", values.files, FILES_MAX),
      everySeconds: wholeNumber("--every", values.every, EVERY_SECONDS_MAX),
      keep: values.keep,
    };
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}

function wholeNumber(flag: string, text: string, max: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > max) {
    throw new Error(`${flag} ${text}: a whole number from 1 to ${max}`);
  }
  return number;
}
