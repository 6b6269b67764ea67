// One long-running process of the product, started through `./coeval` as a user would; killed, frozen and started again
// by tests. It ends with this process, however that ends: the testbed's guard holds it.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Daemon, daemon } from "@coeval/testbed/daemon";

export const COEVAL = fileURLToPath(new URL("../../coeval", import.meta.url));

export interface ProductProcess extends Daemon {
  /** All that it has printed since it was made. */
  output(): string;
}

/** `words` come after `coeval`; `on` is a command before it, as `ip netns exec NAME`. */
export function productProcess(
  role: string,
  dir: string,
  words: readonly string[],
  on: readonly string[] = [],
): ProductProcess {
  const [command = COEVAL, ...rest] = [...on, COEVAL, ...words];
  const outputFile = join(dir, `${role}.out`);
  rmSync(outputFile, { force: true });
  const made = daemon({
    role,
    cwd: dir,
    outputFile,
    changed: () => {},
    call: { command, args: rest, env: environment() },
  });
  const output = (): string => {
    try {
      return readFileSync(outputFile, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
      throw error;
    }
  };
  return Object.defineProperty(made, "output", { value: output }) as ProductProcess;
}

/** Without what a test runner or a shell of coeval's own has set. */
export function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(COEVAL_|NODE_TEST_|NODE_OPTIONS)/.test(name)) env[name] = value;
  }
  return { ...env, NO_COLOR: "1", ...more };
}
