/** Gathers what the status is made from: a few queries for all services together, whatever their number. */
import { wallOffset } from "@coeval/core/clock/wall-offset";
import type { Instant } from "@coeval/core/model/instant";
import type { Calendar } from "@coeval/core/ports/calendar";
import type { World } from "@coeval/core/ports/world";
import { momentNewest } from "@coeval/store/control/moment-newest";
import { pauseList } from "@coeval/store/control/pause-list";
import { pointGet } from "@coeval/store/control/point-get";
import { type NewestPoint, pointNewest } from "@coeval/store/control/point-newest";
import { runNewestEnded } from "@coeval/store/control/run-newest-ended";
import { serviceList } from "@coeval/store/control/service-list";
import type { StoredService } from "@coeval/store/control/service-row";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Clients } from "./access/clients.ts";
import { createNextMoments, type NextMoment, type NextMoments } from "./next-moments.ts";
import type { Rates } from "./rates.ts";
import type { Runner } from "./runner.ts";
import type { ControlClock } from "./shared-clock.ts";
import { type OwnClock, type ServiceInputs, type Status, statusOf } from "./status.ts";

export interface StatusParts {
  readonly db: ControlQueries;
  readonly clients: Clients;
  readonly runner: Runner;
  readonly calendar: Calendar;
  readonly rates: Rates;
  readonly clock: ControlClock;
}

/** Of all services, or of these alone: for a page of some the others are not looked at. */
export type StatusNow = (services?: readonly string[]) => Promise<Status>;

export function createStatus(world: World, parts: StatusParts): StatusNow {
  const { db, clients, runner, rates, clock } = parts;
  const coming = createNextMoments(parts.calendar);
  const sourcesOf = createSources(db);
  return async (only) => {
    const stored = await serviceList(db, only);
    const points = byService(await pointNewest(db, only));
    const ended = byService(await runNewestEnded(db, only));
    const moments = byService(await momentNewest(db, only));
    const active = new Map(runner.running().map((run) => [run.service.name, run]));
    const next = nextOf(coming, stored, clock.aboutMs(), only);
    const inputs: ServiceInputs[] = [];
    for (const { service } of stored) {
      const { name } = service;
      const last = points.get(name) ?? null;
      const run = active.get(name) ?? null;
      inputs.push({
        service,
        last: last && { ...last, ...(await sourcesOf(last)) },
        active: run,
        pace: run && rates.of(run),
        lastEnded: ended.get(name) ?? null,
        lastMoment: moments.get(name) ?? null,
        next: next.get(name) ?? { moment: null, fault: null },
      });
    }
    const views = await clients.all();
    const pauses = await pauseList(db);
    return statusOf(clock.aboutMs(), ownClock(world, clock), views, inputs, pauses);
  };
}

/** What is remembered of the others is not forgotten when some are asked for. */
function nextOf(
  coming: NextMoments,
  stored: readonly StoredService[],
  now: Instant,
  only: readonly string[] | undefined,
): ReadonlyMap<string, NextMoment> {
  if (only === undefined) return coming.of(stored, now);
  return new Map(stored.map((one) => [one.service.name, coming.one(one, now)]));
}

function byService<Row extends { readonly service: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.service, row]));
}

/** What a point holds, and what its patterns meant that it does not. */
type Held = Pick<NonNullable<ServiceInputs["last"]>, "sources" | "uncovered">;

/** A point never changes, so each certificate is read once, and the newest of each service remembered. */
function createSources(db: ControlQueries): (point: NewestPoint) => Promise<Held> {
  const known = new Map<string, { readonly id: string; readonly held: Held }>();
  return async ({ service, id }) => {
    const before = known.get(service);
    if (before?.id === id) return before.held;
    const body = (await pointGet(db, id))?.certificate.body;
    const held: Held = {
      sources: body?.dataSets.map(({ source }) => source) ?? [],
      uncovered: body?.uncovered?.map(({ path }) => path) ?? [],
    };
    known.set(service, { id, held });
    return held;
  };
}

function ownClock({ clock }: World, shared: ControlClock): OwnClock {
  const reading = shared.reading();
  const { source, server, failure } = shared;
  return {
    source,
    server,
    failure,
    reading: reading && { ...wallOffset(clock, reading), ageMs: reading.readAgoMs },
  };
}
