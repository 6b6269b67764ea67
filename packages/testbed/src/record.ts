/** The file `testbed.json` in a cluster's folder: who started it and which processes belong to it. By it a later
 * `up`, `down` or test ends what an earlier one left. */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { end, isAlive, type ProcessIdentity } from "./process-identity.ts";

export interface ClusterRecord {
  readonly cluster: string;
  readonly owner: ProcessIdentity;
  readonly daemons: readonly (ProcessIdentity & { readonly role: string })[];
}

const FILE = "testbed.json";
const GRACE_MS = 8_000;

/** Replaces the record in one step. */
export function writeRecord(dir: string, record: ClusterRecord): void {
  const fresh = join(dir, `${FILE}.new`);
  writeFileSync(fresh, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(fresh, join(dir, FILE));
}

/** Null when the folder holds no cluster. */
export function readRecord(dir: string): ClusterRecord | null {
  const file = join(dir, FILE);
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ClusterRecord;
  } catch (error) {
    throw new Error(`testbed: ${file} is no record of a cluster: ${(error as Error).message}`);
  }
}

/** Ends the daemons that a record names and that still run; returns them. */
export async function endRecorded(dir: string): Promise<string[]> {
  const record = readRecord(dir);
  if (record === null) return [];
  const ended = await Promise.all(
    record.daemons.map(async (daemon) =>
      (await end(daemon, GRACE_MS)) ? [`${record.cluster}/${daemon.role}`] : [],
    ),
  );
  return ended.flat();
}

/** Makes a folder free for a new cluster: ends what an earlier starter left, refuses a folder that is in use or that
 * holds something else. */
export async function claimFolder(dir: string): Promise<string[]> {
  const record = readRecord(dir);
  if (record === null) {
    if (existsSync(dir) && readdirSync(dir).length > 0) {
      throw new Error(
        `testbed: ${dir} is not empty and holds no cluster of the testbed; name another folder`,
      );
    }
    return [];
  }
  const running = record.daemons.some((daemon) => isAlive(daemon));
  if (running && record.owner.pid !== process.pid && isAlive(record.owner)) {
    throw new Error(
      `testbed: ${dir} holds the running cluster "${record.cluster}" of process ${record.owner.pid}; ` +
        `end it there, or run \`coeval testbed down\` on it`,
    );
  }
  return endRecorded(dir);
}
