/**
 * open-holding: before the moment, so before any snapshot, the secondary's cluster proves to be itself, and the holding directory ours,
 * unchanged since the base, with room.
 */
import type { Result } from "@coeval/core/protect/instruction";
import type { StepContext } from "./context.ts";
import { holdingOf } from "./holding.ts";
import { proveIdentity } from "./identity.ts";
import { mendLateEffects } from "./late-effects.ts";
import { requireRoom } from "./room.ts";

export async function openHolding(context: StepContext<"open-holding">): Promise<Result> {
  const { instruction, target, cancel } = context;
  const identity = await proveIdentity(target, instruction.identity, instruction.cluster, cancel);
  const holding = await holdingOf(context, instruction, instruction.order);
  await mendLateEffects(context, holding, instruction.order.base);
  await requireRoom(context, holding, 0);
  const { directory, base } = instruction.order;
  context.tell(
    base ? `${directory} is open and as ${base.point} left it` : `${directory} is open for a full copy`,
  );
  return { step: "open-holding", identity };
}
