/** What accepting data sets changes in production, and what forbids it. Asks only. */
import { CoevalError } from "@coeval/core/errors";
import type { DataSet } from "@coeval/core/model/data-set";
import { isWithin } from "@coeval/core/model/path";
import type { Finding } from "@coeval/core/ports/source";
import { CALLS_AT_ONCE_MAX, CAPTURE_OPEN_FILES_KEY, SNAPSHOT_IDS_MAX } from "./facts.ts";
import type { FileSystem } from "./file-system.ts";
import { freezesOpenFiles } from "./inspect.ts";
import { type Located, locate, notReadable, survey } from "./locate.ts";
import { inParallel } from "./parallel.ts";

/** Names of other tools' snapshots that a finding shows. */
const NAMES_SHOWN_MAX = 5;

export async function examineSets(
  fs: FileSystem,
  sets: readonly DataSet[],
  cancel: AbortSignal,
): Promise<Finding[]> {
  const known = await survey(fs, cancel);
  const located = await inParallel(sets, CALLS_AT_ONCE_MAX, (set) => locate(set, known));
  const snapshottable = await fs.snapshottableRoots(cancel);
  const roots = new Set(located.flatMap((found) => ("root" in found ? [found.root] : [])));
  return [
    ...located.flatMap((found) => judgeSet(found, snapshottable)),
    ...(await inParallel(located, CALLS_AT_ONCE_MAX, (found) => examineReading(fs, found, cancel))).flat(),
    ...(
      await inParallel([...roots].sort(), CALLS_AT_ONCE_MAX, (root) => examineRoot(fs, root, cancel))
    ).flat(),
    ...(await examineOpenFiles(fs, known.superuser, cancel)),
  ];
}

function judgeSet(found: Located, snapshottable: readonly string[]): Finding[] {
  const { name, path } = found.set;
  if ("root" in found) {
    if (found.root === path) return [];
    return [
      {
        set: name,
        level: "tells",
        code: "covered",
        text: `${path} is covered by the snapshots of ${found.root}`,
      },
    ];
  }
  const { code, text, command } = found.problem;
  const findings: Finding[] = [{ set: name, level: "blocks", code, text, ...(command ? { command } : {}) }];
  if (code !== "not-snapshottable") return findings;
  // HDFS forbids nested roots, so the command alone would fail.
  for (const root of snapshottable.filter((each) => isWithin(each, path))) {
    const text = `${root} below ${path} is snapshottable already, and HDFS forbids one such directory within another`;
    findings.push({
      set: name,
      level: "blocks",
      code: "nested-root",
      text,
      command: `hdfs dfsadmin -disallowSnapshot ${root}`,
    });
  }
  return findings;
}

/** A directory that is passed on the way may still refuse to be listed. */
async function examineReading(fs: FileSystem, found: Located, cancel: AbortSignal): Promise<Finding[]> {
  if (!("root" in found)) return [];
  const { set } = found;
  try {
    await fs.listPage(set.path, null, cancel);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof CoevalError) || thrown.code !== "no-right") throw thrown;
    return [{ set: set.name, level: "blocks", ...notReadable(fs.user, set, thrown) }];
  }
}

async function examineRoot(fs: FileSystem, root: string, cancel: AbortSignal): Promise<Finding[]> {
  const snapshots = await fs.snapshots(root, cancel);
  const tells = (code: string, text: string): Finding => ({ set: null, level: "tells", code, text });
  const findings = [
    tells(
      "root-pinned",
      `while recovery points exist, neither ${root} nor a directory above it can be renamed or deleted`,
    ),
    tells(
      "charged",
      `what is deleted below ${root} stays charged to its quotas until the snapshots that hold it are gone`,
    ),
  ];
  const others = snapshots.map(({ name }) => name).filter((name) => !name.startsWith("coeval-"));
  if (others.length > 0) {
    const shown = others.slice(0, NAMES_SHOWN_MAX).join(", ");
    findings.push(
      tells("other-snapshots", `${root} has ${others.length} snapshots of other tools: ${shown}`),
    );
  }
  const newest = snapshots.reduce((most, { id }) => Math.max(most, id ?? 0), 0);
  if (newest > 0) {
    const left = SNAPSHOT_IDS_MAX - newest;
    findings.push(
      tells("ids-left", `the file system has at most ${left} snapshot ids left of ${SNAPSHOT_IDS_MAX}`),
    );
  }
  return findings;
}

async function examineOpenFiles(fs: FileSystem, superuser: boolean, cancel: AbortSignal): Promise<Finding[]> {
  if (await freezesOpenFiles(fs, cancel)) return [];
  if (superuser) {
    const text =
      "files open at a moment are not frozen by the cluster; they are listed and taken by their length at the moment";
    return [{ set: null, level: "tells", code: "open-files-listed", text }];
  }
  const text =
    `files open at a moment are neither frozen by the cluster nor may '${fs.user}' list them: no point can be graded exact; ` +
    `set ${CAPTURE_OPEN_FILES_KEY}=true, or make the user a member of the superusers' group`;
  return [{ set: null, level: "warns", code: "open-files-unknown", text }];
}
