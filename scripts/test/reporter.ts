// Reports one process of node:test: to people, what failed and why; to the runner, on the file descriptor that
// COEVAL_TEST_EVENTS_FD names, one line a test. Without a runner it ends with the line `N passed, N failed`.
import { writeSync } from "node:fs";
import { inspect } from "node:util";
import type { TestEvent } from "node:test/reporters";

/** What the runner hears: a test that started, and how it ended. */
export interface Heard {
  readonly name: string;
  readonly outcome: "started" | "passed" | "failed" | "skipped";
}

const events = process.env["COEVAL_TEST_EVENTS_FD"];
/** node:test's own totals come as diagnostics as well. */
const OWN_TOTALS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) \d/;

/** @public node:test loads it by its path. */
export default async function* reporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts = { started: 0, passed: 0, failed: 0, skipped: 0 };
  for await (const event of source) {
    const heard = hear(event);
    if (heard !== null) {
      counts[heard.outcome] += 1;
      if (events !== undefined) writeSync(Number(events), `${JSON.stringify(heard)}\n`);
    }
    if (event.type === "test:fail" && heard !== null) yield failure(heard.name, event.data.details.error);
    if (event.type === "test:diagnostic" && !OWN_TOTALS.test(event.data.message))
      yield `  ℹ ${event.data.message}\n`;
  }
  if (events === undefined) yield `${counts.passed} passed, ${counts.failed + counts.skipped} failed\n`;
}

/** A suite is no test, and a test that failed only because one within it did would be counted twice. */
function hear(event: TestEvent): Heard | null {
  if (event.type === "test:dequeue") {
    return event.data.type === "suite" ? null : { name: event.data.name, outcome: "started" };
  }
  if (event.type === "test:fail") {
    const { name, details } = event.data;
    const within = "failureType" in details.error && details.error.failureType === "subtestsFailed";
    return within ? null : { name, outcome: "failed" };
  }
  if (event.type !== "test:pass" || event.data.details.type === "suite") return null;
  const { name, skip, todo } = event.data;
  return { name, outcome: skip === undefined && todo === undefined ? "passed" : "skipped" };
}

function failure(name: string, error: Error): string {
  const cause = error.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  const more =
    cause instanceof Error && cause.cause !== undefined ? `\ncaused by ${inspect(cause.cause)}` : "";
  return `✖ ${name}\n${`${text}${more}`.replaceAll(/^/gm, "    ")}\n`;
}
