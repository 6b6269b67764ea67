/** Recovery points, as they are stored. */
import { certificateBodySchema } from "@coeval/contract/wire/certificate";
import { CoevalError } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import { pointGet } from "@coeval/store/control/point-get";
import { pointList } from "@coeval/store/control/point-list";
import { serviceGet } from "@coeval/store/control/service-get";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Acting } from "./acting.ts";
import type { Link } from "./link.ts";
import type { Links } from "./links.ts";
import { cursorNumber, limitOf, type Page, type PageRequest } from "./call.ts";

export interface Points {
  /** Newest first. @throws CoevalError `not-found` for a service that never was. */
  list(service: string, request: PageRequest): Promise<Page<RecoveryPoint>>;
  /** @throws CoevalError `not-found`. */
  get(id: string): Promise<RecoveryPoint>;
  /** What the point holds, in manifest order, as the secondary's agent keeps it. @throws CoevalError `not-found`, `agent-away`. */
  files(id: string, request: PageRequest): Promise<Page<Entry>>;
  /** Has the secondary's agent compare the sealed snapshot with the manifest. @throws CoevalError `not-found`, `agent-away`, `stalled`. */
  check(id: string): Promise<{ readonly checked: readonly string[]; readonly wrong: readonly string[] }>;
}

export function createPoints(
  db: ControlQueries,
  links: Pick<Links, "all">,
  acting: Pick<Acting, "link">,
): Points {
  async function get(id: string): Promise<RecoveryPoint> {
    const point = await pointGet(db, id);
    if (!point) throw new CoevalError("not-found", `there is no recovery point '${id}'`);
    return point;
  }

  /** The acting agent, or another of the cluster that keeps the point: older ones may lie with one alone. */
  async function linkTo(point: RecoveryPoint): Promise<Link> {
    const { cluster } = point.certificate.body.secondary;
    const { service, run } = point;
    const first = acting.link(cluster);
    const own = links.all().filter((link) => link.peer.cluster === cluster && link !== first);
    for (const link of own.length > 0 && first ? [first, ...own] : []) {
      const question = { say: "holds-point", service, run, certificateSha256: null } as const;
      if ((await link.questions.ask(question)).held) return link;
    }
    if (first) return first;
    throw new CoevalError(
      "agent-away",
      `the manifest lies with the agent of ${cluster}, which is not connected`,
    );
  }

  return {
    async list(service, request) {
      if (!(await serviceGet(db, service)))
        throw new CoevalError("not-found", `there is no service '${service}'`);
      const limit = limitOf(request);
      const found = await pointList(db, service, cursorNumber(request), limit);
      const last = found.at(-1);
      return { items: found, next: last && found.length === limit ? String(last.number) : null };
    },
    get,
    async files(id, request) {
      const point = await get(id);
      const { service, run } = point;
      const offset = cursorNumber(request) ?? 0;
      const limit = limitOf(request);
      const { entries, next } = await (await linkTo(point)).questions.ask({
        say: "list-point",
        service,
        run,
        offset,
        limit,
      });
      return { items: entries, next: next === null ? null : String(next) };
    },
    async check(id) {
      const point = await get(id);
      const { body } = point.certificate;
      return (await linkTo(point)).questions.ask({
        say: "check-point",
        identity: body.secondary.identity,
        body: certificateBodySchema.parse(body),
      });
    },
  };
}
