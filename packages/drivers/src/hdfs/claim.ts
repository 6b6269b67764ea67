/** Makes a holding directory, or proves that one which exists is ours; closes it and allows snapshots on it. */
import { CoevalError, EVIDENCE_MAX } from "@coeval/core/errors";
import { parentPath } from "@coeval/core/model/path";
import type { Holding } from "@coeval/core/ports/target";
import type { FileStatus, FileSystem } from "./file-system.ts";
import { CLOSED_MODE, OPEN_MODE, readMark, SERVICE_MARK, writeMark } from "./layout.ts";
import { refuseUncarried } from "./listed.ts";
import { shellWord } from "./locate.ts";

/** @throws CoevalError `foreign-data`, `no-right`, `not-snapshottable`, `encryption-zone`, `unsupported`. */
export async function claimHolding(fs: FileSystem, holding: Holding, cancel: AbortSignal): Promise<void> {
  const path = holding.directory;
  const status = (await fs.status(path, cancel)) ?? (await makeHolding(fs, path, cancel));
  if (status.type !== "directory") throw new CoevalError("foreign-data", `${path} is not a directory`);
  refuseUncarried(status, path);
  const service = await readMark(fs, path, SERVICE_MARK, cancel);
  if (service !== null && service !== holding.service) {
    throw new CoevalError("foreign-data", `${path} holds the data of service '${service}'`);
  }
  if (service === null) await refuseContent(fs, path, cancel);
  await close(fs, path, status, cancel);
  if (!status.snapshottable) await allowSnapshots(fs, path, cancel);
  if (service === null) await writeMark(fs, path, SERVICE_MARK, holding.service, cancel);
}

/** Parents are made one by one: readers must pass them, while the holding directory itself is closed from the start. */
async function makeHolding(fs: FileSystem, path: string, cancel: AbortSignal): Promise<FileStatus> {
  const missing: string[] = [];
  for (let at = parentPath(path); at !== "/" && !(await fs.status(at, cancel)); at = parentPath(at))
    missing.unshift(at);
  for (const parent of missing) {
    await fs.makeDirectory(parent, OPEN_MODE, cancel);
    await fs.setMode(parent, OPEN_MODE, cancel);
  }
  await fs.makeDirectory(path, CLOSED_MODE, cancel);
  const status = await fs.status(path, cancel);
  if (!status) throw new CoevalError("conflict", `${path} was removed just after it was made`);
  return status;
}

async function refuseContent(fs: FileSystem, path: string, cancel: AbortSignal): Promise<void> {
  const { entries } = await fs.listPage(path, null, cancel);
  if (entries.length === 0) return;
  const evidence = entries.slice(0, EVIDENCE_MAX).map(({ name }) => `${path}/${name}`);
  throw new CoevalError("foreign-data", `${path} is not coeval's and not empty: ${evidence[0]}`, {
    evidence,
  });
}

async function close(fs: FileSystem, path: string, status: FileStatus, cancel: AbortSignal): Promise<void> {
  if (status.owner !== fs.user) {
    if (!(await fs.superuser(cancel))) {
      const command = `hdfs dfs -chown ${shellWord(fs.user)} ${shellWord(path)}`;
      throw new CoevalError(
        "no-right",
        `${path} belongs to '${status.owner}', not to '${fs.user}'; run: ${command}`,
      );
    }
    await fs.setOwner(path, fs.user, status.group, cancel);
  }
  if (status.mode !== CLOSED_MODE) await fs.setMode(path, CLOSED_MODE, cancel);
}

async function allowSnapshots(fs: FileSystem, path: string, cancel: AbortSignal): Promise<void> {
  if (await fs.superuser(cancel)) return await fs.allowSnapshot(path, cancel);
  const command = `hdfs dfsadmin -allowSnapshot ${shellWord(path)}`;
  throw new CoevalError(
    "not-snapshottable",
    `${path} does not allow snapshots; as an HDFS superuser run: ${command}`,
  );
}
