// Runs one `./coeval …` command and hands back all that a user or a script sees of it.
import { execFile } from "node:child_process";
import { COEVAL, environment } from "./daemon.ts";

export interface CliAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What stdout holds as JSON. Throws when it holds none, with everything that was said. */
  json<T = Record<string, unknown>>(): T;
}

export interface CliCall {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly cwd?: string;
  /** A command before the command, as `ip netns exec NAME`. */
  readonly on?: readonly string[];
}

const TIMEOUT_MS_DEFAULT = 60_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const KILLED = -1;

export function runCli(words: readonly string[], call: CliCall = {}): Promise<CliAnswer> {
  const timeoutMs = call.timeoutMs ?? TIMEOUT_MS_DEFAULT;
  const options = {
    env: environment(call.env),
    timeout: timeoutMs,
    killSignal: "SIGKILL" as const,
    maxBuffer: OUTPUT_BYTES_MAX,
    ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
  };
  return new Promise((resolve) => {
    const [command = COEVAL, ...rest] = [...(call.on ?? []), COEVAL, ...words];
    const child = execFile(command, rest, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : KILLED;
      const end = code === KILLED ? `${stderr}\n(ended by ${error?.signal} within ${timeoutMs} ms)` : stderr;
      resolve({ code, stdout, stderr: end, json: () => parse(words, code, stdout, end) });
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(call.input ?? "");
  });
}

function parse<T>(words: readonly string[], code: number, stdout: string, stderr: string): T {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    const said = `stdout: ${stdout.slice(0, 2000)}\nstderr: ${stderr.slice(0, 2000)}`;
    throw new Error(`coeval ${words.join(" ")} ended with ${code} and printed no JSON\n${said}`);
  }
}
