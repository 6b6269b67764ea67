// Runs one test file in a process of its own and says how many of its tests passed and failed. A file that runs no
// test, ends badly or does not end has failed.
import { join } from "node:path";
import { root } from "../house/sources.ts";
import { runGroup } from "./process-group.ts";
import type { Heard } from "./reporter.ts";

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

export interface FileRun {
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  /** Prints output as it comes; else it is held back until the file has ended, so that files do not mix. */
  readonly live: boolean;
  readonly print: (text: string) => void;
}

const REPORTER = join(root, "scripts/test/reporter.ts");

export async function runFile(file: string, run: FileRun): Promise<Tally> {
  const start = performance.now();
  const output: string[] = [];
  const told: string[] = [];
  // A single test is stopped a little before its file is, so that it can be named.
  const testLimitMs = Math.max(1, Math.floor(run.limitMs * 0.8));
  const flags = [`--test-reporter=${REPORTER}`, `--test-timeout=${testLimitMs}`];
  const end = await runGroup({
    command: [process.execPath, ...flags, file],
    limitMs: run.limitMs,
    signal: run.signal,
    env: { ...run.env, COEVAL_TEST_EVENTS_FD: "3" },
    output: run.live ? run.print : (chunk) => output.push(chunk),
    told: (chunk) => told.push(chunk),
  });
  const lines = told
    .join("")
    .split("\n")
    .filter((line) => line !== "");
  const heard = lines.map((line): Heard => JSON.parse(line));
  const count = (outcome: Heard["outcome"]): number =>
    heard.filter((each) => each.outcome === outcome).length;
  const [passed, failed] = [count("passed"), count("failed")];
  const problems: string[] = [];
  if (end.killed === "limit")
    problems.push(`did not end within ${run.limitMs / 1000} s: ${unfinished(heard)}`);
  if (end.killed === "stopped") problems.push("was stopped");
  if (count("skipped") > 0) problems.push(`${count("skipped")} tests were skipped`);
  if (end.killed === null && end.code !== 0 && failed === 0) problems.push(`ended with code ${end.code}`);
  if (heard.length === 0 && problems.length === 0) problems.push("ran no test");
  const tally = { passed, failed: failed + problems.length };
  run.print(`${output.join("")}${line(file, tally, performance.now() - start, problems)}`);
  return tally;
}

function line(file: string, tally: Tally, tookMs: number, problems: readonly string[]): string {
  const sign = tally.failed === 0 ? "✔" : "✖";
  const failed = tally.failed === 0 ? "" : `, ${tally.failed} failed`;
  const why = problems.map((problem) => `  ✖ ${file} ${problem}\n`).join("");
  return `${why}${sign} ${file}  ${tally.passed} passed${failed}  ${(tookMs / 1000).toFixed(1)} s\n`;
}

/** Either nothing was heard of, or a test never ended, or all did and something they opened is open still. */
function unfinished(heard: readonly Heard[]): string {
  if (heard.length === 0) return "no test had ended";
  const ended = new Set(heard.filter((each) => each.outcome !== "started").map((each) => each.name));
  const running = heard.filter((each) => !ended.has(each.name)).map((each) => `"${each.name}"`);
  return running.length > 0
    ? `${running.join(", ")} had not ended`
    : "a timer, socket or process was left open";
}
