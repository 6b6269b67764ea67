/** Gathers what the status is made from. */
import { wallOffset } from "@coeval/core/clock/wall-offset";
import type { World } from "@coeval/core/ports/world";
import { pointCount } from "@coeval/store/control/point-count";
import { pointList } from "@coeval/store/control/point-list";
import { runActive } from "@coeval/store/control/run-active";
import { runLastEnded } from "@coeval/store/control/run-last-ended";
import { serviceList } from "@coeval/store/control/service-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Clients } from "./access/clients.ts";
import type { Runner } from "./runner.ts";
import type { ControlClock } from "./shared-clock.ts";
import { type OwnClock, type ServiceInputs, type Status, statusOf } from "./status.ts";

export interface StatusParts {
  readonly db: ControlQueries;
  readonly clients: Clients;
  readonly runner: Runner;
  readonly clock: ControlClock;
}

export function createStatus(world: World, parts: StatusParts): () => Promise<Status> {
  const { db, clients, runner, clock } = parts;
  return async () => {
    const services: ServiceInputs[] = [];
    for (const { service } of await serviceList(db)) {
      const { name } = service;
      const [last] = await pointList(db, name, null, 1);
      const [stored] = await runActive(db, name);
      services.push({
        service,
        points: await pointCount(db, name),
        last: last ?? null,
        active: stored ? (runner.active(stored.run.id) ?? stored.run) : null,
        lastEnded: await runLastEnded(db, name),
      });
    }
    return statusOf(clock.aboutMs(), ownClock(world, clock), await clients.all(), services);
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
