/** Arms one moment of a policy: begins its run, trying again what may pass until it is too late. */
import { CoevalError, type ErrorCode, type Failure, toFailure } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { World } from "@coeval/core/ports/world";
import { LEAD_MS } from "@coeval/core/protect/moment";
import { momentAdd } from "@coeval/store/control/moment-add";
import { schedulePut } from "@coeval/store/control/schedule-put";
import type { Protect } from "./protect-service.ts";
import type { RunRecord } from "./runs.ts";
import type { Tasks } from "./tasks.ts";

/** What may pass (a run that still goes on, an agent that is away) is tried again after this. */
export const TRY_EVERY_MS = 200;
/** Who begins the runs of a policy, as the audit log and the run say it. */
export const POLICY = "policy";

/** These only say that it is too late; what was said before them is why. */
const TOO_LATE: readonly ErrorCode[] = ["moment-too-near", "moment-past"];

export interface ArmParts {
  readonly protect: Protect;
  readonly tasks: Tasks;
}

/**
 * The run is stored together with the moment's fate. Throws what is no refusal: then nothing was stored.
 * @param due whether the policy still gives the moment.
 * @returns null when a run has begun, why it could not, or that the policy was edited meanwhile.
 */
export async function armMoment(
  { clock }: World,
  { protect, tasks }: ArmParts,
  { name, moment }: { readonly name: string; readonly moment: Instant },
  due: () => boolean,
): Promise<null | "edited" | Failure> {
  let cause: Failure | null = null;
  for (;;) {
    if (!due()) return "edited";
    try {
      await protect(
        {
          who: POLICY,
          async within(tx, result) {
            const { run } = result as RunRecord;
            await schedulePut(tx.trx, name, moment);
            const taken = { moment, fate: "run", run: run.id, cause: null, more: 0, at: tx.now } as const;
            await momentAdd(tx.trx, name, [taken]);
          },
        },
        { service: name, at: { instant: moment }, label: null },
      );
      return null;
    } catch (thrown) {
      if (!(thrown instanceof CoevalError)) throw thrown;
      if (!cause || !TOO_LATE.includes(thrown.code)) cause = toFailure(thrown);
      if (TOO_LATE.includes(thrown.code)) return cause;
    }
    if (clock.nowMs() + TRY_EVERY_MS > moment - LEAD_MS) return cause;
    await clock.sleep(TRY_EVERY_MS, tasks.cancel);
  }
}
