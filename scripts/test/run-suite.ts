// Runs one suite within its limit and says how many tests passed and failed. A suite that ran no test has failed.
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { root } from "../house/sources.ts";
import { withClusters } from "./clusters.ts";
import { runGroup } from "./process-group.ts";
import { runFile, type Tally } from "./run-file.ts";
import type { CommandSuite, FileSuite, Suite } from "./suites.ts";

export type Print = (text: string) => void;

export async function runSuite(suite: Suite, signal: AbortSignal, print: Print): Promise<Tally> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(suite.limitSeconds * 1000)]);
  const tally =
    "command" in suite ? await runCommand(suite, signal, print) : await runFiles(suite, limited, print);
  if (tally.passed + tally.failed > 0) return tally;
  print(`✖ ${suite.name} ran no test\n`);
  return { passed: 0, failed: 1 };
}

async function runFiles(suite: FileSuite, signal: AbortSignal, print: Print): Promise<Tally> {
  const exclude = suite.except === undefined ? [] : [suite.except];
  const waiting = globSync([...suite.files], { cwd: root, exclude }).toSorted();
  const tallies: Tally[] = [];
  const live = suite.atOnce === 1;
  const worker = async (env: NodeJS.ProcessEnv): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      tallies.push(await runFile(file, { limitMs: suite.fileLimitSeconds * 1000, signal, env, live, print }));
    }
  };
  const workers = suite.atOnce === "cores" ? availableParallelism() : suite.atOnce;
  const all = (env: NodeJS.ProcessEnv): Promise<unknown> =>
    Promise.all(Array.from({ length: workers }, () => worker(env)));
  if (waiting.length > 0) await (suite.clusters ? withClusters(all, signal, print) : all({}));
  return sum(tallies);
}

async function runCommand(suite: CommandSuite, signal: AbortSignal, print: Print): Promise<Tally> {
  let last = "";
  const end = await runGroup({
    command: suite.command,
    limitMs: suite.limitSeconds * 1000,
    signal,
    output: (chunk) => {
      last = `${last}${chunk}`.slice(-REPORT_CHARACTERS_MAX);
      print(chunk);
    },
  });
  const tally = tallyIn(last);
  if (end.killed === null && (end.code === 0) === (tally.failed === 0)) return tally;
  const why =
    end.killed === "limit" ? `did not end within ${suite.limitSeconds} s` : `ended with code ${end.code}`;
  print(`✖ ${suite.command.join(" ")} ${end.killed === "stopped" ? "was stopped" : why}\n`);
  return { passed: tally.passed, failed: Math.max(1, tally.failed) };
}

const REPORT_CHARACTERS_MAX = 4096;

/** The last line that reads `N passed, N failed`; nothing at all when there is none. */
export function tallyIn(text: string): Tally {
  const match = [...text.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  return { passed: Number(match?.[1] ?? 0), failed: Number(match?.[2] ?? 0) };
}

export function sum(tallies: readonly Tally[]): Tally {
  const total = { passed: 0, failed: 0 };
  for (const { passed, failed } of tallies) {
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}
