/**
 * receive-snapshots: the holding directory is proven, then the peer is waited for; what it sends is staged, hashed, and at the end
 * both hold the same manifest. A break is waited out: the peer comes again and is told what is here already.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Holding } from "@coeval/core/ports/target";
import type { Instruction, Order, Result } from "@coeval/core/protect/instruction";
import type { StepContext } from "../context.ts";
import { proveIdentity } from "../identity.ts";
import { createMeter } from "../progress.ts";
import { serveSession } from "./receive-session.ts";

/** The secondary keeps so much free: a cluster that is full to the last byte does not run. */
const RESERVE_BYTES = 64 * 1024 * 1024;

export async function receiveSnapshots(context: StepContext<"receive-snapshots">): Promise<Result> {
  const { instruction, target, transfers, cancel } = context;
  const identity = await proveIdentity(target, instruction.identity, instruction.cluster, cancel);
  const holding = holdingOf(instruction);
  const { freeBytes } = await target.open(holding, cancel);
  requireRoom(instruction.cluster, freeBytes, 0);
  const meter = createMeter(context.world.clock, context.report);
  const ended = Promise.withResolvers<Result>();
  let serving: { close(): void; over: Promise<unknown> } | null = null;
  const stop = transfers.expect(instruction.run, {
    service: instruction.service,
    epoch: instruction.epoch,
    peer: instruction.order.peer,
    async serve(channel, open) {
      // The peer has come again, so its earlier stream is dead, whether or not it is known here.
      const earlier = serving;
      earlier?.close();
      await earlier?.over;
      const over = serveSession({ context, holding, channel, open, meter, checkRoom });
      serving = { close: () => channel.close("replaced"), over: over.catch(() => undefined) };
      const result = await over;
      ended.resolve(result);
    },
  });
  const checkRoom = async (bytes: number): Promise<void> => {
    const now = await target.open(holding, cancel);
    requireRoom(instruction.cluster, now.freeBytes, bytes);
  };
  const abort = (): void => ended.reject(cancel.reason);
  cancel.addEventListener("abort", abort, { once: true });
  if (cancel.aborted) abort();
  context.report({ kind: "ready", address: transfers.address, identity });
  try {
    return await ended.promise;
  } finally {
    stop();
    cancel.removeEventListener("abort", abort);
    const last = serving as { close(): void; over: Promise<unknown> } | null;
    if (cancel.aborted) last?.close();
    await last?.over;
  }
}

/** The holding directory as an instruction names it. */
export function holdingOf(
  instruction: Instruction & { readonly order: Extract<Order, { step: "receive-snapshots" }> },
): Holding {
  const { order } = instruction;
  return {
    service: instruction.service,
    directory: order.directory,
    run: instruction.run,
    sets: order.sets,
    basePoint: order.base?.point ?? null,
  };
}

function requireRoom(cluster: string, freeBytes: number | null, bytes: number): void {
  if (freeBytes === null || freeBytes >= bytes + RESERVE_BYTES) return;
  throw new CoevalError(
    "secondary-full",
    `${cluster} has room for ${freeBytes} bytes; ${bytes} are to come, and ${RESERVE_BYTES} stay free`,
  );
}
