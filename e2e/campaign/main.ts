// `npm run campaign -- NAME`: a long story on real clusters of its own. Says each step; ends with the line
// `N passed, N failed`.
import { parseArgs } from "node:util";
import { campaigns, SEED, type Story, USAGE } from "./campaigns.ts";

const FAILED = 1;
const WRONG_USAGE = 2;

const say = (line: string): void =>
  void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

const stories = read();
if (stories === null) {
  process.stderr.write(USAGE);
  process.exit(WRONG_USAGE);
}
let failed = 0;
for (const { what, tell } of stories) {
  say(`── ${what}`);
  try {
    await tell();
    say(`✔ ${what}`);
  } catch (error) {
    failed++;
    say(`✖ ${what}\n${(error as Error).stack}`);
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
        times: { type: "string" },
        services: { type: "string", default: "20" },
        minutes: { type: "string", default: "10" },
        files: { type: "string" },
        seed: { type: "string", default: String(SEED) },
      },
    });
    const amount = (text: string): number => {
      if (!/^[1-9]\d{0,5}$/.test(text)) throw new TypeError(`${text} is no amount`);
      return Number(text);
    };
    const seed = (text: string): number => {
      if (!/^\d{1,9}$/.test(text)) throw new TypeError(`${text} is no seed`);
      return Number(text);
    };
    const [name = ""] = positionals;
    const amounts = {
      moments: amount(values.moments),
      times: amount(values.times ?? (name === "fleet-kills" ? "200" : "10")),
      services: amount(values.services),
      minutes: amount(values.minutes),
      seed: seed(values.seed),
      files: values.files === undefined ? null : amount(values.files),
    };
    return positionals.length === 1 ? (campaigns[name]?.(amounts, say) ?? null) : null;
  } catch (error) {
    process.stderr.write(`campaign: ${(error as Error).message}\n`);
    return null;
  }
}
