// `npm run demo`: the whole product in a few minutes on two real clusters, which end with it.
import { performDemo } from "./show.ts";
import { screenOf } from "./screen.ts";
import { demoWords, USAGE } from "./words.ts";

const FAILED = 1;
const WRONG_USAGE = 2;
const INTERRUPTED = 130;

const words = demoWords(process.argv.slice(2));
if ("wrong" in words) {
  process.stderr.write(words.wrong === "" ? USAGE : `demo: ${words.wrong}\n${USAGE}`);
  process.exitCode = words.wrong === "" ? 0 : WRONG_USAGE;
} else {
  const screen = screenOf(process.stdout);
  const stop = new AbortController();
  let interrupted = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (interrupted) return;
      interrupted = true;
      stop.abort();
      screen.end();
      screen.say("ending everything that was started …");
    });
  }
  try {
    await performDemo(words, screen, stop.signal);
  } catch (error) {
    screen.end();
    if (!interrupted) {
      process.stderr.write(`demo: ${(error as Error).stack}\n`);
      process.exitCode = FAILED;
    }
  }
  if (interrupted) process.exitCode = INTERRUPTED;
}
