/**
 * Whole point: a sealed point equals the primary's snapshots of its moment in names, bytes and attributes, all data sets of
 * them; and every earlier point still holds what its certificate says.
 */
import type { DataSet } from "@coeval/core/model/data-set";
import type { Entry } from "@coeval/core/model/entry";
import { compileFilters } from "@coeval/core/model/path-filter";
import { type Filters, policyDefaults } from "@coeval/core/model/policy";
import type { Run } from "@coeval/core/protect/run";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { DirectoryNode, FileNode, Inode } from "@coeval/drivers/memory/inode";
import { machinesOf } from "../acting.ts";
import { receiptFor, sealedSet, sealedTree, sourceSet, takenAtMs } from "../cluster/point-tree.ts";
import { attributeDifferences, bytesOf, nodeBelow, sameBytes, treeOf } from "../cluster/tree.ts";
import { hash } from "../world/hash.ts";
import type { Checker, Facts } from "./checker.ts";

/** Of the holding directory in a sealed snapshot. */
const READERS_MODE = 0o755;
/** Differences told of one point. */
const TOLD_MAX = 5;

export const wholePoint: Checker = {
  name: "whole-point",
  afterRun(facts, run) {
    const point = facts.points.find((one) => one.run === run.id);
    const previous = run.previous ? facts.points.find((one) => one.id === run.previous?.point) : undefined;
    const wrong = previous ? unlikeItsManifest(facts, previous) : [];
    if (run.phase === "done" && !point) wrong.push(`${run.id} is done and there is no point`);
    if (run.phase !== "done" && point) wrong.push(`${run.id} failed and there is a point`);
    if (point) wrong.push(...otherFilters(run, point), ...unlikeTheSource(facts, point));
    return wrong.slice(0, TOLD_MAX);
  },
  afterAll: (facts) => facts.points.flatMap((point) => unlikeItsManifest(facts, point)).slice(0, TOLD_MAX),
};

/** The certificate says what the run's policy leaves out; that is what is not looked for. */
function otherFilters(run: Run, point: RecoveryPoint): string[] {
  const { include, exclude } = point.certificate.body.filters ?? policyDefaults.filters;
  const { filters } = run.service.policy;
  const same = [...include, ...exclude].join() === [...filters.include, ...filters.exclude].join();
  return same ? [] : [`${point.id}: its certificate names other filters than the policy of ${run.id}`];
}

function unlikeTheSource(facts: Facts, point: RecoveryPoint): string[] {
  const sealed = sealedTree(facts, point.id);
  if (!sealed)
    return [
      `${point.id} is a point and no snapshot on the secondary holds it: ${facts.clusters.west.allSnapshots().join(" ")}`,
    ];
  const wrong: string[] = [];
  const filters = point.certificate.body.filters ?? policyDefaults.filters;
  if (sealed.mode !== READERS_MODE)
    wrong.push(`${point.id}: its directory has mode ${sealed.mode.toString(8)}, readers cannot pass`);
  for (const set of facts.service.dataSets) {
    const receipt = receiptFor(point, set);
    const there = receipt && sourceSet(facts, point.run, receipt.root, set);
    const here = sealedSet(facts, sealed, set);
    // A snapshot that somebody removed underfoot cannot be compared with; its point has its manifest.
    if (!receipt || !there) continue;
    if (!here) wrong.push(`${point.id}: data set '${set.name}' is missing`);
    else
      wrong.push(
        ...differences(facts, set, there, here, { open: openAt(facts, takenAtMs(facts, receipt)), filters }),
      );
  }
  return wrong;
}

function openAt(facts: Facts, trueMs: number | null): ReadonlyMap<number, number> {
  return (trueMs === null ? undefined : facts.history.within(trueMs, trueMs)[0]?.open) ?? new Map();
}

function differences(
  facts: Facts,
  set: DataSet,
  source: DirectoryNode,
  sealed: DirectoryNode,
  { open, filters }: { readonly open: ReadonlyMap<number, number>; readonly filters: Filters },
): string[] {
  const wrong: string[] = [];
  const tell = (path: string, what: string) => wrong.push(`${set.name}/${path}: ${what}`);
  const filter = compileFilters(filters);
  const isKept = ([path, { type }]: readonly [string, Inode]): boolean =>
    !filter.leavesOut(path, type === "directory" ? type : "file");
  const there = new Map([...treeOf(source)].filter(isKept));
  for (const [path, node] of there) {
    const copy = nodeBelow(sealed, path);
    if (!copy) {
      tell(path, "is missing");
      continue;
    }
    // A snapshot sets its root's time; and a file that was open shows the time of its close, even in the snapshot.
    const timeMoves = path === "" || open.has(node.id);
    const different = attributeDifferences(node, copy).filter(
      (field) => !timeMoves || !field.startsWith("mtimeMs"),
    );
    if (different.length > 0) tell(path, `differs in ${different.join(", ")}`);
    if (node.type === "file" && copy.type === "file" && !sameContent(facts, node, copy, open.get(node.id)))
      tell(
        path,
        `holds ${copy.content.length} bytes, there are ${node.content.length}, written were ${open.get(node.id)}`,
      );
  }
  for (const path of treeOf(sealed).keys()) if (!there.has(path)) tell(path, "is not in the snapshot");
  return wrong;
}

/** An open file goes on growing inside a snapshot that does not freeze it: the point holds a beginning. */
function sameContent(facts: Facts, source: FileNode, copy: FileNode, written: number | undefined): boolean {
  const { length } = copy.content;
  if (!sameBytes(source.content, copy.content, length)) return false;
  if (written === undefined) return length === source.content.length;
  return facts.plan.shape.captureOpenFiles ? length === written : length >= written;
}

function unlikeItsManifest(facts: Facts, point: RecoveryPoint): string[] {
  const { body } = point.certificate;
  const path = `points/${body.service}/${point.run}/manifest`;
  const kept = machinesOf(facts, "west").map(({ disk }) => disk.files.get(path));
  const file =
    kept.find((one) => one && hash.sha256().update(one).hex() === body.manifest.sha256) ?? kept.find(Boolean);
  const sealed = sealedTree(facts, point.id);
  if (!sealed) return [`${point.id} is a point and its snapshot is gone`];
  if (!file) return [`${point.id} is a point and its manifest is gone`];
  if (hash.sha256().update(file).hex() !== body.manifest.sha256)
    return [`${point.id}: the manifest is not the one of its certificate`];
  const wrong: string[] = [];
  const lines = new TextDecoder().decode(file).trimEnd().split("\n");
  for (const entry of lines.map((line) => JSON.parse(line) as Entry)) {
    const set = facts.service.dataSets.find(({ name }) => name === entry.set);
    const top = set ? sealedSet(facts, sealed, set) : null;
    const node = top ? nodeBelow(top, entry.path) : null;
    if (node?.type !== entry.type)
      wrong.push(`${point.id}: ${entry.set}/${entry.path} is no ${entry.type} any more`);
    else if (node.type === "file" && digestOf(node) !== entry.sha256)
      wrong.push(`${point.id}: ${entry.set}/${entry.path} holds other bytes than its manifest says`);
  }
  return wrong;
}

function digestOf({ content }: FileNode): string {
  return hash.sha256().update(bytesOf(content, content.length)).hex();
}
