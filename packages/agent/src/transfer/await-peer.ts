/**
 * The end of a transfer that listens: its address is reported, then the peer is waited for. A break is waited out: the peer comes
 * again, and is told what is here already.
 */
import { CoevalError } from "@coeval/core/errors";
import { directionOf } from "@coeval/core/protect/direction";
import type { Result } from "@coeval/core/protect/instruction";
import type { Channel } from "@coeval/contract/wire/channel";
import type { TransferMessage } from "@coeval/contract/wire/transfer";
import type { StepContext } from "../context.ts";
import { unlessCancelled } from "../unless-cancelled.ts";
import { parting } from "./farewell.ts";
import type { OpenMessage } from "./transfers.ts";
import type { Held, TransferWork } from "./work.ts";

type Listening = StepContext<"receive-snapshots" | "serve-snapshots">;

/**
 * An instruction that the control device has not given again for so long lets nobody in any more, until it does: the run may be over.
 * Elapsed time of this machine: what is accepted depends on no clock that can be set.
 */
export const INSTRUCTION_MS_MAX = 600_000;

/** Serves the peer until one conversation has come to its end. */
export async function awaitPeer(context: Listening, work: TransferWork): Promise<Result> {
  const { instruction, transfers, cancel, world } = context;
  const { run, service, epoch, order } = instruction;
  const { step, peer } = order;
  // Noted before the last word was said: the peer that did not hear it is answered from the journal.
  if (context.note !== null) return { step, ...(context.note as Held) };
  const ended = Promise.withResolvers<Held>();
  let held: Held | null = null;
  let last: { readonly channel: Channel; readonly over: Promise<unknown> } | null = null;

  const converse = async (channel: Channel, open: OpenMessage): Promise<void> => {
    if (!held) {
      requireBase(context, open);
      await channel.send({ say: "opened" } satisfies TransferMessage);
      held = await work.converse(channel, () => undefined);
      await context.saveNote(held);
      ended.resolve(held);
    }
    await channel.send({ say: "finished" } satisfies TransferMessage);
  };
  const stop = transfers.expect(run, {
    direction: directionOf(step),
    service,
    epoch,
    peer,
    expired: () => context.givenAgoMs() > INSTRUCTION_MS_MAX,
    async serve(channel, open) {
      // The peer has come again, so its earlier stream is dead, whether or not it is known here. One at a time:
      // two conversations would write the same files.
      const before = last;
      if (before) context.tell(`${peer.cluster}'s agent has come again`);
      before?.channel.close("replaced");
      const served = Promise.resolve(before?.over).then(() =>
        parting(world.clock, channel, () => converse(channel, open)),
      );
      last = { channel, over: served.catch(() => undefined) };
      await served;
    },
  });
  context.tell(`${peer.cluster}'s agent is waited for at ${transfers.address}`);
  context.report({ kind: "ready", address: transfers.address });
  try {
    return { step, ...(await unlessCancelled(cancel, ended.promise)) };
  } finally {
    stop();
    const open = last as { readonly channel: Channel; readonly over: Promise<unknown> } | null;
    if (cancel.aborted) open?.channel.close("cancelled");
    await open?.over;
  }
}

function requireBase({ instruction }: Listening, open: OpenMessage): void {
  const { base, peer } = instruction.order;
  const own = base?.manifestSha256 ?? null;
  if (open.baseManifestSha256 === own) return;
  throw new CoevalError(
    "base-mismatch",
    `${peer.cluster} names base ${open.baseManifestSha256}, ${instruction.cluster} ${own}`,
  );
}
