/**
 * receive-snapshots: the holding directory is proven, then the peer is waited for; what it sends is staged, hashed, and at the end
 * both hold the same manifest. A break is waited out: the peer comes again and is told what is here already.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Result } from "@coeval/core/protect/instruction";
import type { Channel } from "@coeval/contract/wire/channel";
import type { StepContext } from "../context.ts";
import { holdingOf } from "../holding.ts";
import { proveIdentity } from "../identity.ts";
import { createMeter } from "../progress.ts";
import { unlessCancelled } from "../unless-cancelled.ts";
import { serveSession } from "./receive-session.ts";

/** The secondary keeps so much free: a cluster that is full to the last byte does not run. */
const RESERVE_BYTES = 64 * 1024 * 1024;

export async function receiveSnapshots(context: StepContext<"receive-snapshots">): Promise<Result> {
  const { db, instruction, target, transfers, cancel } = context;
  const { run, service, epoch, order, cluster } = instruction;
  const identity = await proveIdentity(target, instruction.identity, cluster, cancel);
  const holding = await holdingOf(db, instruction, order);
  const checkRoom = async (bytes: number): Promise<void> => {
    const { freeBytes } = await target.open(holding, cancel);
    requireRoom(cluster, freeBytes, bytes);
  };
  await checkRoom(0);
  const meter = createMeter(context.world.clock, context.report);
  const ended = Promise.withResolvers<Result>();
  let last: { readonly channel: Channel; readonly over: Promise<unknown> } | null = null;
  const stop = transfers.expect(run, {
    service,
    epoch,
    peer: order.peer,
    async serve(channel, open) {
      // The peer has come again, so its earlier stream is dead, whether or not it is known here. One at a time:
      // two sessions would write the same staged files.
      const before = last;
      before?.channel.close("replaced");
      const session = { context, holding, channel, open, meter, checkRoom };
      const served = Promise.resolve(before?.over).then(() => serveSession(session));
      last = { channel, over: served.catch(() => undefined) };
      ended.resolve(await served);
    },
  });
  context.report({ kind: "ready", address: transfers.address, identity });
  try {
    return await unlessCancelled(cancel, ended.promise);
  } finally {
    stop();
    const open = last as { readonly channel: Channel; readonly over: Promise<unknown> } | null;
    if (cancel.aborted) open?.channel.close("cancelled");
    await open?.over;
  }
}

function requireRoom(cluster: string, freeBytes: number | null, bytes: number): void {
  if (freeBytes === null || freeBytes >= bytes + RESERVE_BYTES) return;
  throw new CoevalError(
    "secondary-full",
    `${cluster} has room for ${freeBytes} bytes; ${bytes} are to come, and ${RESERVE_BYTES} stay free`,
  );
}
