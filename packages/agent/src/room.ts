/** Room on the secondary for what is to come. */
import { CoevalError } from "@coeval/core/errors";
import type { Holding } from "@coeval/core/ports/target";
import type { Context } from "./context.ts";

/** The secondary keeps so much free: a cluster that is full to the last byte does not run. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/**
 * Proves the holding directory, and that so many bytes more have room.
 * @throws CoevalError `secondary-full`, `foreign-data`, `conflict`.
 */
export async function requireRoom(context: Context, holding: Holding, bytes: number): Promise<void> {
  const { freeBytes } = await context.target.open(holding, context.cancel);
  if (freeBytes === null || freeBytes >= bytes + RESERVE_BYTES) return;
  throw new CoevalError(
    "secondary-full",
    `${context.instruction.cluster} has room for ${freeBytes} bytes; ${bytes} are to come, and ${RESERVE_BYTES} stay free`,
  );
}
