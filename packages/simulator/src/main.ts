/**
 * `npm run simulate -- --seeds A..B [--scenario NAME]`: one line for each seed that fails, with the checker's words, the end
 * of the log, and the one command that repeats it; at the end seeds, seeds/s, and `N passed, N failed`.
 * `--exhaustive` plays each seed once for every port call of every process, which crashes there.
 */
import { checkers } from "./checkers/all.ts";
import { drain } from "./drain.ts";
import type { Crash, Scenario } from "./plan.ts";
import { crashedAt, crashNamed, everyCrash, nameOf } from "./scenarios/crash-everywhere.ts";
import { named, scenarioOf } from "./scenarios/all.ts";
import { simulate, type Verdict } from "./simulate.ts";

const LOG_LINES_SHOWN = 60;
/** Whole logs and words are shown of so many; of the others, one line. */
const SHOWN_MAX = 5;

const USAGE = `usage: npm run simulate -- --seeds A..B [--scenario ${named.map(({ name }) => name).join("|")}] [--log]`;

interface Played extends Verdict {
  /** The one command that repeats it. */
  readonly repeat: string;
}

interface Asked {
  readonly first: number;
  readonly last: number;
  readonly scenario: Scenario | null;
  /** Of each seed, one history for each port call of each process: it crashes there. */
  readonly exhaustive: boolean;
  /** This one of them. */
  readonly crash: Crash | null;
  /** Prints the log of seeds that pass, too. */
  readonly log: boolean;
}

/** What nobody awaits and fails: a defect of whoever runs just now. */
const unhandled: string[] = [];
process.on("unhandledRejection", (reason) => {
  const text = reason instanceof Error ? String(reason.stack) : String(reason);
  // What is left of a crashed process finds its database gone.
  if (!text.includes("the process crashed")) unhandled.push(text);
});

process.exitCode = await main(parse(process.argv.slice(2)));

async function main(asked: Asked): Promise<number> {
  const startedMs = performance.now();
  const failures: Played[] = [];
  let played = 0;
  let virtualMs = 0;
  let sealed = 0;
  let ended = 0;
  for await (const verdict of histories(asked)) {
    played++;
    virtualMs += verdict.virtualMs;
    sealed += verdict.endings.filter((ending) => ending === "sealed").length;
    ended += verdict.endings.length;
    if (asked.log) console.log(verdict.log.join("\n"));
    if (verdict.complaints.length === 0) continue;
    failures.push(verdict);
    console.log(told(verdict, failures.length <= SHOWN_MAX));
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const days = virtualMs / 86_400_000;
  console.log(
    `seeds ${asked.first}..${asked.last}: ${played} histories in ${seconds.toFixed(1)} s, ${(played / seconds).toFixed(1)} seeds/s, ` +
      `${days.toFixed(1)} days of true time, ${ended} runs, ${sealed} sealed`,
  );
  console.log(`${played - failures.length} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

async function* histories({ first, last, scenario, exhaustive, crash }: Asked): AsyncGenerator<Played> {
  const play = async (seed: number, played: Scenario): Promise<Played> => {
    unhandled.length = 0;
    const verdict = withUnhandled(await simulate({ seed, scenario: played, checkers, drain }));
    return { ...verdict, repeat: repeatOf(seed, `--scenario ${played.name}`) };
  };
  for (let seed = first; seed <= last; seed++) {
    if (crash) {
      yield { ...(await play(seed, crashedAt(crash))), repeat: repeatOf(seed, `--crash ${nameOf(crash)}`) };
      continue;
    }
    if (!exhaustive) {
      yield await play(seed, scenario ?? scenarioOf(seed));
      continue;
    }
    const calm = await play(seed, crashedAt(null));
    yield calm;
    for (const one of everyCrash(calm)) {
      const verdict = await play(seed, crashedAt(one));
      yield { ...verdict, repeat: repeatOf(seed, `--crash ${nameOf(one)}`) };
    }
  }
}

function withUnhandled(verdict: Verdict): Verdict {
  const complaints = unhandled.map((text) => ({ checker: "defect", text: `nobody awaits: ${text}` }));
  return { ...verdict, complaints: [...verdict.complaints, ...complaints] };
}

function repeatOf(seed: number, what: string): string {
  return `npm run simulate -- --seeds ${seed}..${seed} ${what}`;
}

function told(verdict: Played, whole: boolean): string {
  const { seed, scenario, complaints, log, repeat } = verdict;
  const words = complaints.map(({ checker, text }) => `  ${checker}: ${text}`);
  if (!whole) return `seed ${seed} (${scenario}) failed: ${words[0]?.trim()}\n  ${repeat}`;
  const tail = log.slice(-LOG_LINES_SHOWN).map((line) => `  | ${line}`);
  return [`seed ${seed} (${scenario}) failed`, ...tail, ...words, `  repeat it: ${repeat}`].join("\n");
}

function parse(words: readonly string[]): Asked {
  const value = (flag: string) => (words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined);
  const range = /^(\d+)\.\.(\d+)$/.exec(value("--seeds") ?? "");
  const name = value("--scenario");
  const scenario = named.find((one) => one.name === name) ?? null;
  if (!range || Number(range[1]) > Number(range[2]) || (name !== undefined && !scenario)) {
    console.error(USAGE);
    process.exit(2);
  }
  return {
    first: Number(range[1]),
    last: Number(range[2]),
    scenario,
    exhaustive: words.includes("--exhaustive"),
    crash: crashNamed(value("--crash")),
    log: words.includes("--log"),
  };
}
