/** The file `up.json` in the folder of a `testbed up`: the process that holds its clusters. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identify, type ProcessIdentity } from "./process-identity.ts";

const FILE = "up.json";

export function writeOwner(dir: string): void {
  writeFileSync(join(dir, FILE), `${JSON.stringify(identify(process.pid))}\n`);
}

/** Null when nobody holds the folder. */
export function readOwner(dir: string): ProcessIdentity | null {
  const file = join(dir, FILE);
  if (!existsSync(file)) return null;
  const owner = JSON.parse(readFileSync(file, "utf8")) as Partial<ProcessIdentity> | null;
  if (typeof owner?.pid !== "number" || typeof owner.startTicks !== "number") {
    throw new Error(`testbed: ${file} does not name a process; delete it when nothing of the testbed runs`);
  }
  return { pid: owner.pid, startTicks: owner.startTicks };
}

export function removeOwner(dir: string): void {
  rmSync(join(dir, FILE), { force: true });
}
