/** A real chronyd on loopback that never touches this machine's clock (`-x`): a server of its own time, or a client that measures servers. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Daemon, daemon } from "./daemon.ts";
import { findTool } from "./find-tool.ts";
import { freePorts } from "./ports.ts";

export interface Chronyd extends Daemon {
  /** Where NTP is served, or null of a client. */
  readonly port: number | null;
  /** What `chronyc -c -n WORDS` prints, a row a line. @throws Error when it does not answer. */
  ask(...words: string[]): Promise<string[][]>;
}

export interface ChronydOptions {
  /** Its own folder, made when absent. */
  readonly dir: string;
  /** Lines of its configuration besides what keeps it apart from this machine. */
  readonly lines: readonly string[];
  /** Serves NTP on a free port of 127.0.0.1. */
  readonly serves: boolean;
}

const ASK_TIMEOUT_MS = 5000;
const execute = promisify(execFile);

/** A server that calls its own time true, at stratum 5. */
export const LOCAL_CLOCK = ["local stratum 5", "allow 127.0.0.0/8"] as const;

/** Writes the configuration; `start` starts it. @throws Error when chrony is not installed. */
export async function chronyd({ dir, lines, serves }: ChronydOptions): Promise<Chronyd> {
  mkdirSync(dir, { recursive: true, mode: 0o750 });
  const [port = 0, cmdPort = 0] = await freePorts(2);
  const file = join(dir, "chrony.conf");
  const own = [
    `port ${serves ? port : 0}`,
    "bindaddress 127.0.0.1",
    `cmdport ${cmdPort}`,
    "bindcmdaddress 127.0.0.1",
    `pidfile ${join(dir, "chronyd.pid")}`,
  ];
  writeFileSync(file, [...own, ...lines, ""].join("\n"));
  // As root it would become the user that it was built for, who cannot write here; as anybody else it must not ask for root.
  const rights = process.getuid?.() === 0 ? ["-u", "root"] : ["-U"];
  const made = daemon({
    role: "chronyd",
    cwd: dir,
    outputFile: join(dir, "chronyd.out"),
    changed: () => {},
    call: {
      command: findTool("chronyd", "chrony"),
      args: ["-x", "-d", ...rights, "-f", file],
      env: { PATH: process.env["PATH"] ?? "" },
    },
  });
  return Object.assign(made, {
    port: serves ? port : null,
    async ask(...words: string[]) {
      const args = ["-c", "-n", "-h", "127.0.0.1", "-p", String(cmdPort), ...words];
      const { stdout } = await execute(findTool("chronyc", "chrony"), args, { timeout: ASK_TIMEOUT_MS });
      return stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.split(","));
    },
  });
}
