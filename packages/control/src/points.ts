/** Recovery points, as they are stored. */
import { CoevalError } from "@coeval/core/errors";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import { pointGet } from "@coeval/store/control/point-get";
import { pointList } from "@coeval/store/control/point-list";
import { serviceGet } from "@coeval/store/control/service-get";
import type { ControlQueries } from "@coeval/store/control/tables";
import { cursorNumber, limitOf, type Page, type PageRequest } from "./call.ts";

export interface Points {
  /** Newest first. @throws CoevalError `not-found` for a service that never was. */
  list(service: string, request: PageRequest): Promise<Page<RecoveryPoint>>;
  /** @throws CoevalError `not-found`. */
  get(id: string): Promise<RecoveryPoint>;
}

export function createPoints(db: ControlQueries): Points {
  return {
    async list(service, request) {
      if (!(await serviceGet(db, service)))
        throw new CoevalError("not-found", `there is no service '${service}'`);
      const limit = limitOf(request);
      const found = await pointList(db, service, cursorNumber(request), limit);
      const last = found.at(-1);
      return { items: found, next: last && found.length === limit ? String(last.number) : null };
    },
    async get(id) {
      const point = await pointGet(db, id);
      if (!point) throw new CoevalError("not-found", `there is no recovery point '${id}'`);
      return point;
    },
  };
}
