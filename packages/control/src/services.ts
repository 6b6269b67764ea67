/** Services: made to be as given, all or none; looked at, examined on their clusters, deleted. */
import { canonical, type Json } from "@coeval/core/model/canonical";
import { CoevalError } from "@coeval/core/errors";
import type { Service } from "@coeval/core/model/service";
import type { Calendar } from "@coeval/core/ports/calendar";
import type { Clock } from "@coeval/core/ports/clock";
import type { Instruction } from "@coeval/core/protect/instruction";
import { checkPolicy } from "@coeval/core/protect/check-policy";
import { clusterList } from "@coeval/store/control/cluster-list";
import { pointCount } from "@coeval/store/control/point-count";
import { runActive } from "@coeval/store/control/run-active";
import { scheduleBegin, schedulePut } from "@coeval/store/control/schedule-put";
import { serviceDelete } from "@coeval/store/control/service-delete";
import { serviceGet } from "@coeval/store/control/service-get";
import { serviceList } from "@coeval/store/control/service-list";
import { servicePage } from "@coeval/store/control/service-page";
import { servicePut } from "@coeval/store/control/service-put";
import type { StoredService } from "@coeval/store/control/service-row";
import type { ControlQueries } from "@coeval/store/control/tables";
import { type Call, limitOf, type Page, type PageRequest } from "./call.ts";
import { checkEdit } from "./check-edit.ts";
import { checkService, normalService } from "./check-service.ts";
import { checkOnClusters, type CheckedService, type ServiceCheckParts } from "./checks/service-check.ts";
import type { Records } from "./records.ts";
import type { Removals } from "./removals.ts";
import type { Scheduler } from "./scheduler.ts";

/** Services of one `apply`. */
export const APPLIED_MAX = 1000;

export interface Services {
  /**
   * Makes the services be as given, all or none. Paths come back without trailing slash. Does not ask agents: see `check`.
   * @throws CoevalError with `pointer` into the list of definitions, as `/0/spec/…`: `bad-input`, `bad-path`, `data-sets-nested`, `name-taken`, `not-allowed`,
   * `not-found` (clusters), `moment-past`, `unsupported`, `edited-meanwhile`, `point-exists` (an edit that points forbid), `run-active`, `too-large`.
   */
  apply(call: Call, wanted: readonly Wanted[], options: { readonly dryRun: boolean }): Promise<Applied[]>;
  /** @throws CoevalError `not-found`. */
  get(name: string): Promise<ServiceRecord>;
  list(): Promise<ServiceRecord[]>;
  /** By name. */
  page(request: PageRequest): Promise<Page<ServiceRecord>>;
  /**
   * What accepting the service means on both clusters, asked of both agents; changes nothing. Takes one that a dry run has judged.
   * `measure`: also what the first run takes. @throws CoevalError `agent-away`, `stalled`, and what an agent cannot look at.
   */
  examine(service: Service, options: { readonly measure: boolean }): Promise<CheckedService>;
  /** The same of a service that exists, judged anew by itself. @throws CoevalError as `apply`, with `pointer` into its document: `/spec/…`. */
  check(name: string, options: { readonly measure: boolean }): Promise<CheckedService>;
  /**
   * Its snapshots on the primary go, at once or when the agent is back.
   * @param points `keep`: its points stay on the secondary, listed and to be verified. `delete`: they go, and are listed until they are gone.
   * Null is refused when points exist.
   * @throws CoevalError `not-found`, `run-active`, `point-exists`, `edited-meanwhile`; to delete points also `agent-away`, `beyond-limits`.
   */
  remove(
    call: Call,
    name: string,
    options: { readonly points: "keep" | "delete" | null; readonly ifVersion: IfVersion },
  ): Promise<void>;
}

/** `If-Match`: the version read; `absent`: must not exist (`If-None-Match: *`); null: whatever it is. */
export type IfVersion = number | "absent" | null;

export interface Wanted {
  readonly service: Service;
  readonly ifVersion: IfVersion;
}

export interface Applied extends ServiceRecord {
  readonly change: "created" | "changed" | "unchanged";
}

export interface ServiceRecord {
  readonly service: Service;
  /** Counts from 1; the ETag. */
  readonly version: number;
  readonly epoch: number;
}

export interface ServicesParts extends ServiceCheckParts {
  readonly records: Records;
  readonly calendar: Calendar;
  /** Its `nowMs` is the shared clock's. */
  readonly time: Pick<Clock, "nowMs">;
  readonly scheduler: Pick<Scheduler, "changed">;
  readonly removals: Removals;
  readonly send: (instruction: Instruction) => void;
}

export function createServices(parts: ServicesParts): Services {
  const { db, records, calendar, time, scheduler, removals } = parts;
  const planned = (from: ControlQueries, wanted: readonly Wanted[]) =>
    plannedAt(from, wanted, calendar, time.nowMs());

  async function get(name: string): Promise<ServiceRecord> {
    return recordOf(await existing(db, name));
  }

  return {
    async apply(call, wanted, { dryRun }) {
      if (dryRun) return planned(db, wanted);
      const done = await records.write(async (tx) => {
        const applied = await planned(tx.trx, wanted);
        for (const { service, version, change } of applied) {
          if (change === "unchanged") continue;
          const before = await serviceGet(tx.trx, service.name);
          if (before && before.deletedAt !== null) await removals.requireNone(tx.trx, service.name);
          await servicePut(tx.trx, service, version);
          // What lies before the new moments' first was never due. Before the shared clock was read the own one says where that is.
          const anew = !before || before.deletedAt !== null || !sameMoments(before.service, service);
          const begin = parts.clock.reading() === null ? scheduleBegin : schedulePut;
          if (anew) await begin(tx.trx, service.name, time.nowMs());
          const definition = service as unknown as Json;
          await tx.audit(call.who, "service.apply", `service/${service.name}`, { version, definition });
          await tx.event("service", `service/${service.name}`, { version });
        }
        await call.within?.(tx, applied);
        return applied;
      });
      scheduler.changed();
      return done;
    },
    get,
    async list() {
      return (await serviceList(db)).map(recordOf);
    },
    async page(request) {
      const limit = limitOf(request);
      const found = await servicePage(db, request.cursor ?? null, limit);
      return {
        items: found.map(recordOf),
        next: found.length === limit ? (found.at(-1)?.service.name ?? null) : null,
      };
    },
    examine: (service, options) => checkOnClusters(parts, service, options),
    async check(name, options) {
      const { service } = await get(name);
      await planned(db, [{ service, ifVersion: null }]).catch(placedInOne);
      return checkOnClusters(parts, service, options);
    },
    remove: removing(parts),
  };
}

/** One transaction: the service is gone, and what is to be done for it on the clusters is instructed. */
function removing({ db, records, scheduler, removals, send }: ServicesParts): Services["remove"] {
  return async (call, name, { points, ifVersion }) => {
    const before = await existing(db, name);
    // What the agent's limits forbid is told now, while everything stands as it was.
    if (points === "delete" && (await pointCount(db, name)) > 0)
      await removals.requireDeletable(before.service);
    const given = await records.write(async (tx) => {
      const stored = await existing(tx.trx, name);
      checkVersion(name, stored, ifVersion);
      const [run] = await runActive(tx.trx, name);
      if (run) throw new CoevalError("run-active", `the run ${run.run.id} of ${name} is going on`);
      const count = await pointCount(tx.trx, name);
      if (count > 0 && points === null)
        throw new CoevalError(
          "point-exists",
          `${name} has ${count} recovery point(s) on ${stored.service.secondary}; say what becomes of them: --points keep, or --points delete`,
        );
      await serviceDelete(tx.trx, name, stored.version + 1, tx.now);
      await tx.audit(call.who, "service.delete", `service/${name}`, { points: count, fate: points });
      await tx.event("service", `service/${name}`, { removed: true });
      const instructions = await removals.begin(tx, call, stored, count === 0 ? "keep" : (points ?? "keep"));
      await call.within?.(tx, null);
      return instructions;
    });
    for (const instruction of given) send(instruction);
    scheduler.changed();
  };
}

function sameMoments(before: Service, after: Service): boolean {
  const when = ({ policy: { moments, blackout } }: Service) =>
    canonical({ moments, blackout } as unknown as Json);
  return when(before) === when(after);
}

/** What applying would lead to. Changes nothing; every service is judged against all others as they will be. */
async function plannedAt(
  db: ControlQueries,
  given: readonly Wanted[],
  calendar: Calendar,
  now: number,
): Promise<Applied[]> {
  if (given.length === 0 || given.length > APPLIED_MAX)
    throw new CoevalError("bad-input", `${given.length} services; 1 to ${APPLIED_MAX} are applied at once`);
  const wanted = given.map(({ service, ifVersion }, index) =>
    inPlace(index, () => ({ service: normalService(service), ifVersion })),
  );
  const clusters = new Map((await clusterList(db)).map(({ cluster }) => [cluster.name, cluster]));
  const all = new Map((await serviceList(db)).map(({ service }) => [service.name, service]));
  const before = new Map(all);
  for (const { service } of wanted) all.set(service.name, service);
  for (const [index, { service }] of wanted.entries()) {
    const first = wanted.findIndex((other) => other.service.name === service.name);
    if (first < index)
      throw new CoevalError("name-taken", `the service '${service.name}' is given twice`, {
        pointer: `/${index}/metadata/name`,
      });
  }
  const applied: Applied[] = [];
  for (const [index, { service, ifVersion }] of wanted.entries()) {
    const others = [...all.values()].filter((other) => other.name !== service.name);
    inPlace(index, () => {
      checkService(service, clusters, others);
      checkPolicy(service, { now, before: before.get(service.name) ?? null }, calendar);
    });
    applied.push(await judged(db, service, ifVersion));
  }
  return applied;
}

/** What is refused of one of several services is told with its place among them: `/3/spec/…`. */
function inPlace<T>(index: number, check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    if (!(thrown instanceof CoevalError) || thrown.pointer === undefined) throw thrown;
    const { code, message, pointer, evidence, cause } = thrown;
    throw new CoevalError(code, message, { pointer: `/${index}${pointer}`, evidence, cause });
  }
}

/** Of one service alone the place among several means nothing. */
function placedInOne(thrown: unknown): never {
  if (!(thrown instanceof CoevalError) || thrown.pointer === undefined) throw thrown;
  const { code, message, pointer, evidence, cause } = thrown;
  throw new CoevalError(code, message, { pointer: pointer.replace(/^\/0(?=\/)/, ""), evidence, cause });
}

async function judged(db: ControlQueries, service: Service, ifVersion: IfVersion): Promise<Applied> {
  const { name } = service;
  const stored = await serviceGet(db, name);
  checkVersion(name, stored, ifVersion);
  const epoch = stored?.epoch ?? 1;
  if (!stored) return { service, version: 1, epoch, change: "created" };
  const { version } = stored;
  const same = canonical(service as unknown as Json) === canonical(stored.service as unknown as Json);
  if (same && stored.deletedAt === null) return { service, version, epoch, change: "unchanged" };
  const [active] = await runActive(db, name);
  checkEdit(stored.service, service, await pointCount(db, name), active?.run.id ?? null);
  return { service, version: version + 1, epoch, change: stored.deletedAt === null ? "changed" : "created" };
}

function checkVersion(name: string, stored: StoredService | null, ifVersion: IfVersion): void {
  const there = stored && stored.deletedAt === null ? stored.version : null;
  if (ifVersion === null) return;
  if (ifVersion === "absent" && there !== null)
    throw new CoevalError("edited-meanwhile", `there is a service '${name}' already, at version ${there}`);
  if (ifVersion !== "absent" && there !== ifVersion)
    throw new CoevalError("edited-meanwhile", `'${name}' is at version ${there ?? "none"}, not ${ifVersion}`);
}

async function existing(db: ControlQueries, name: string): Promise<StoredService> {
  const stored = await serviceGet(db, name);
  if (stored && stored.deletedAt === null) return stored;
  throw new CoevalError("not-found", `there is no service '${name}'`);
}

function recordOf({ service, version, epoch }: StoredService): ServiceRecord {
  return { service, version, epoch };
}
