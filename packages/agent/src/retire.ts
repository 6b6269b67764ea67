/**
 * retire: a service ends at this agent. On the source all its snapshots go, oldest first; on the target, when its points are to be
 * deleted, the holding directory with all sealed points. What this agent keeps by its own limits it keeps, whoever instructs it.
 */
import { CoevalError, toFailure } from "@coeval/core/errors";
import { formatInstant, parseInstant } from "@coeval/core/model/instant";
import type { World } from "@coeval/core/ports/world";
import { snapshotPrefix } from "@coeval/core/protect/instruct";
import type { Result } from "@coeval/core/protect/instruction";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import { forgetSnapshot, listSnapshots } from "@coeval/store/agent/snapshots";
import { RUN_PATTERN } from "./adopt.ts";
import { readCertificate } from "./certificates.ts";
import type { StepContext } from "./context.ts";
import { pointsFolder } from "./folders.ts";
import { proveIdentity } from "./identity.ts";
import { type Limits, requirePrefix } from "./limits.ts";
import { persist } from "./persist.ts";

export async function retire(context: StepContext<"retire">): Promise<Result> {
  const { instruction, world, limits, cancel } = context;
  const { order, service, role } = instruction;
  const component = role === "primary" ? context.source : context.target;
  const snapshots = await persist(context, "retiring", Number.POSITIVE_INFINITY, async () => {
    await proveIdentity(component, instruction.identity, instruction.cluster, cancel);
    if (role === "primary") return releaseAll(context);
    if (order.points === "keep" || order.directory === null) return 0;
    // Once it has begun it ends, whatever the limits say by then: half of a service's points are none.
    if (context.note === null) {
      await requireDeletable(world, limits, instruction.cluster, { service, directory: order.directory });
      await context.saveNote({ begun: true });
    }
    const { directory } = order;
    return context.target.discard(
      { service, directory, run: instruction.run, sets: [], basePoint: null },
      cancel,
    );
  });
  if (order.points === "delete") await world.files.remove(pointsFolder(service));
  return { step: "retire", snapshots };
}

/** may-retire: the same question before anything is done. */
export async function mayRetire(
  world: World,
  limits: Limits,
  cluster: string,
  asked: Extract<FromControl, { say: "may-retire" }>,
): Promise<Extract<FromAgent, { say: "retire-judged" }>> {
  const { number } = asked;
  try {
    await requireDeletable(world, limits, cluster, asked);
    return { say: "retire-judged", number, failure: null };
  } catch (thrown) {
    return { say: "retire-judged", number, failure: toFailure(thrown) };
  }
}

async function releaseAll(context: StepContext<"retire">): Promise<number> {
  const { db, instruction, source, cancel, world } = context;
  const all = await listSnapshots(db, instruction.service);
  for (const { run, prepared } of all) {
    await source.release(prepared, null, cancel);
    await forgetSnapshot(db, run);
    world.log.info("snapshot released", { run, name: prepared.snapshotName });
  }
  return all.length + (await releaseStrays(context));
}

/** What other agents of the cluster took: the points' certificates say at which roots. */
async function releaseStrays(context: StepContext<"retire">): Promise<number> {
  const { instruction, source, cancel, world, lease } = context;
  if (!lease.others) return 0;
  const { service } = instruction;
  const roots = new Set<string>();
  for (const run of await world.files.list(pointsFolder(service)))
    for (const { root } of (await readCertificate(world, service, run))?.body.receipts ?? []) roots.add(root);
  let released = 0;
  for (const root of roots) {
    for (const snapshotName of await source.snapshots(root, snapshotPrefix(service), cancel)) {
      if (!RUN_PATTERN.test(snapshotName.slice(snapshotPrefix(service).length))) continue;
      const found = { snapshotName, roots: [{ root, rootId: "", sets: [] }] };
      await source.release({ ...found, freezesOpenFiles: false, listsOpenFiles: false }, null, cancel);
      released++;
    }
  }
  return released;
}

/** @throws CoevalError `beyond-limits` naming the limit. */
async function requireDeletable(
  world: World,
  limits: Limits,
  cluster: string,
  { service, directory }: { readonly service: string; readonly directory: string },
): Promise<void> {
  requirePrefix(limits.writePrefixes, directory, "write", "delete points in");
  const { keepPointsMin = 0, keepAgeMsMin = 0 } = limits;
  if (keepPointsMin === 0 && keepAgeMsMin === 0) return;
  const moments = await momentsOf(world, service, cluster);
  if (moments.length === 0) return;
  const whose = `the agent of ${cluster} keeps`;
  if (keepPointsMin > 0)
    throw new CoevalError(
      "beyond-limits",
      `${whose} at least ${keepPointsMin} points of each service; limits.yaml says keep.points: ${keepPointsMin}`,
    );
  const untilMs = Math.max(...moments) + keepAgeMsMin;
  if (world.clock.nowMs() < untilMs)
    throw new CoevalError(
      "beyond-limits",
      `${whose} each point for ${keepAgeMsMin / 1000} s, by limits.yaml's keep.age; the newest of ${service} until ${formatInstant(untilMs)}`,
    );
}

/** Of all points that were sealed here. */
async function momentsOf(world: World, service: string, cluster: string): Promise<number[]> {
  const moments: number[] = [];
  for (const run of await world.files.list(pointsFolder(service))) {
    const body = (await readCertificate(world, service, run))?.body;
    if (body?.secondary.cluster === cluster) moments.push(parseInstant(body.moment));
  }
  return moments;
}
