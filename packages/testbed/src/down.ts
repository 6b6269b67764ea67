/** `testbed down`: ends the process that holds a folder's clusters, and whatever else runs from that folder. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Progress } from "./class-path.ts";
import { readOwner, removeOwner } from "./owner.ts";
import { end } from "./process-identity.ts";
import { endRecorded, readRecord } from "./record.ts";

export interface DownOptions {
  /** The folder given to `up`, or one cluster's own folder. */
  readonly dir: string;
  /** Delete the clusters' folders too. */
  readonly remove?: boolean | undefined;
  readonly progress?: Progress | undefined;
}

/** An `up` ends its clusters within this time. */
const OWNER_GRACE_MS = 20_000;

/** Nothing to end is success. */
export async function testbedDown(options: DownOptions): Promise<void> {
  const { progress = () => {} } = options;
  const dir = resolve(options.dir);
  if (!existsSync(dir)) {
    progress(`${dir} does not exist: nothing to end`);
    return;
  }
  const owner = readOwner(dir);
  if (owner !== null && (await end(owner, OWNER_GRACE_MS)))
    progress(`ended \`testbed up\` (process ${owner.pid})`);
  removeOwner(dir);
  for (const folder of clusterFolders(dir)) {
    for (const name of await endRecorded(folder)) progress(`ended ${name}`);
    if (!options.remove) continue;
    rmSync(folder, { recursive: true, force: true });
    progress(`deleted ${folder}`);
  }
  progress(`nothing runs from ${dir}`);
}

function clusterFolders(dir: string): string[] {
  const below = readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [join(dir, entry.name)] : [],
  );
  return [dir, ...below].filter((folder) => readRecord(folder) !== null);
}
