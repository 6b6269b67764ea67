/** What stands in the way of a holding directory, or would later: what opening it would refuse, told before. Asks only. */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import { isWithin } from "@coeval/core/model/path";
import type { Finding } from "@coeval/core/ports/source";
import type { FileStatus, FileSystem } from "./file-system.ts";
import { readMark, SERVICE_MARK } from "./layout.ts";
import { refuseUncarried } from "./listed.ts";
import { shellWord } from "./locate.ts";

export async function examineHolding(
  fs: FileSystem,
  service: string,
  directory: string,
  cancel: AbortSignal,
): Promise<Finding[]> {
  const superuser = await fs.superuser(cancel);
  const roots = await fs.snapshottableRoots(cancel);
  return [
    ...nestedRoots(directory, roots),
    ...(await examineDirectory(fs, { service, directory, superuser }, cancel)),
    ...(superuser ? [] : [ownersLost(fs.user)]),
  ];
}

interface Asked {
  readonly service: string;
  readonly directory: string;
  readonly superuser: boolean;
}

async function examineDirectory(fs: FileSystem, asked: Asked, cancel: AbortSignal): Promise<Finding[]> {
  const { service, directory, superuser } = asked;
  const { user } = fs;
  try {
    const status = await fs.status(directory, cancel);
    if (!status) return superuser ? [willBeMade(directory)] : [cannotBeMade(user, directory)];
    if (status.type !== "directory") return [blocks("foreign-data", `${directory} is not a directory`)];
    refuseUncarried(status, directory);
    const rights = superuser ? [] : missingRights(user, directory, status);
    if (rights.length > 0) return rights;
    const marked = await readMark(fs, directory, SERVICE_MARK, cancel);
    if (marked === service) return [];
    if (marked !== null)
      return [blocks("foreign-data", `${directory} holds the data of service '${marked}'`)];
    const [first] = (await fs.listPage(directory, null, cancel)).entries;
    if (!first) return [];
    return [blocks("foreign-data", `${directory} is not coeval's and not empty: ${directory}/${first.name}`)];
  } catch (thrown) {
    if (!(thrown instanceof CoevalError) || !OF_THE_DIRECTORY.includes(thrown.code)) throw thrown;
    return [blocks(thrown.code, `${directory}: ${thrown.message}`)];
  }
}

/** Refusals that tell of the directory; any other means that the cluster could not be asked. */
const OF_THE_DIRECTORY: readonly ErrorCode[] = ["no-right", "encryption-zone", "unsupported"];

function nestedRoots(directory: string, roots: readonly string[]): Finding[] {
  return roots
    .filter((root) => root !== directory && (isWithin(root, directory) || isWithin(directory, root)))
    .map((root) =>
      blocks(
        "not-snapshottable",
        `${root} is snapshottable already, and HDFS forbids ${directory} to be so as well: one lies within the other`,
        `hdfs dfsadmin -disallowSnapshot ${shellWord(root)}`,
      ),
    );
}

function missingRights(user: string, directory: string, status: FileStatus): Finding[] {
  const owned = status.owner === user;
  const chown = `hdfs dfs -chown ${shellWord(user)} ${shellWord(directory)}`;
  const allow = `hdfs dfsadmin -allowSnapshot ${shellWord(directory)}`;
  return [
    ...(owned
      ? []
      : [blocks("no-right", `${directory} belongs to '${status.owner}', not to '${user}'`, chown)]),
    ...(status.snapshottable
      ? []
      : [blocks("not-snapshottable", `${directory} does not allow snapshots, and '${user}' may not`, allow)]),
  ];
}

function willBeMade(directory: string): Finding {
  const text = `${directory} does not exist; the first run makes it, closed to all but coeval`;
  return { set: null, level: "tells", code: "holding-made", text };
}

function cannotBeMade(user: string, directory: string): Finding {
  const path = shellWord(directory);
  return blocks(
    "not-snapshottable",
    `${directory} does not exist, and '${user}' is no superuser, who alone could allow snapshots on it; as one run the command`,
    `hdfs dfs -mkdir -p ${path} && hdfs dfs -chown ${shellWord(user)} ${path} && hdfs dfsadmin -allowSnapshot ${path}`,
  );
}

function ownersLost(user: string): Finding {
  const text =
    `'${user}' is no superuser: it can give files to nobody, so only data that is its own on the primary too can be copied; ` +
    "make the user a member of the superusers' group";
  return { set: null, level: "warns", code: "no-superuser", text };
}

function blocks(code: ErrorCode, text: string, command?: string): Finding {
  return { set: null, level: "blocks", code, text, ...(command === undefined ? {} : { command }) };
}
