// What `npm test` runs: every suite in order but the long ones, or those named (`npm test -- unit hadoop`). Ends with
// one line `N passed, N failed`, and with a code other than 0 when a test failed or a suite ran none.
import { delimiter, join } from "node:path";
import { root } from "./house/sources.ts";
import { runSuite, sum } from "./test/run-suite.ts";
import { suites } from "./test/suites.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

// The suites' commands find the repository's own Node, whoever started us.
process.env["PATH"] = [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter);

const named = process.argv.slice(2);
const unknown = named.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `npm test: no suite is named ${unknown.join(", ")}: ${suites.map((suite) => suite.name).join(", ")}`,
  );
  process.exit(EXIT_USAGE);
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
const print = (text: string): void => void process.stdout.write(text);

const results = [];
const wanted = suites.filter((suite) =>
  named.length === 0 ? suite.onlyByName !== true : named.includes(suite.name),
);
for (const suite of wanted) {
  if (stop.signal.aborted) break;
  print(`\n━━ ${suite.name}\n`);
  const start = performance.now();
  const tally = await runSuite(suite, stop.signal, print).catch((error: unknown) => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  results.push({ suite, tally, tookSeconds: (performance.now() - start) / 1000 });
}

print(
  `\n${"suite".padEnd(12)}${"passed".padStart(8)}${"failed".padStart(8)}${"took".padStart(9)}${"share".padStart(8)}\n`,
);
for (const { suite, tally, tookSeconds } of results) {
  const took = `${tookSeconds.toFixed(1)} s`.padStart(9);
  const over = tookSeconds > suite.shareSeconds ? "  over its share" : "";
  const counts = `${String(tally.passed).padStart(8)}${String(tally.failed).padStart(8)}`;
  print(`${suite.name.padEnd(12)}${counts}${took}${`${suite.shareSeconds} s`.padStart(8)}${over}\n`);
}
if (stop.signal.aborted) print("stopped before the end\n");
const total = sum([
  ...results.map((result) => result.tally),
  { passed: 0, failed: stop.signal.aborted ? 1 : 0 },
]);
print(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : EXIT_FAILED;
