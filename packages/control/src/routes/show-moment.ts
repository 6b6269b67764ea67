/** A moment that was, as the API shows it. */
import type { MomentResource } from "@coeval/contract/api/moment";
import { formatInstant } from "@coeval/core/model/instant";
import type { StoredMoment } from "@coeval/store/control/moment-row";

export function showMoment({ moment, fate, run, cause, more, at }: StoredMoment): MomentResource {
  return {
    moment: formatInstant(moment),
    fate,
    run,
    cause: cause && { code: cause.code, message: cause.message },
    more,
    at: formatInstant(at),
  };
}
