/** The end of a transfer that dials: the peer is connected and the stream opened, again after every break, until the peer's last word is heard. */
import { CoevalError, type ErrorCode, explain } from "@coeval/core/errors";
import { directionOf } from "@coeval/core/protect/direction";
import type { Result } from "@coeval/core/protect/instruction";
import { channelOn } from "@coeval/contract/wire/channel";
import type { TransferMessage } from "@coeval/contract/wire/transfer";
import type { StepContext } from "../context.ts";
import { standingStill } from "../progress.ts";
import { isTold } from "../run-lines.ts";
import { parting } from "./farewell.ts";
import { hear } from "./messages.ts";
import type { Held, TransferWork } from "./work.ts";

/** Breaks in a row without a single file in between, after which it is given up. */
const BREAKS_MAX = 60;
/** A peer that does not open the transfer for so long, whatever each attempt takes, is given up: one that is started again is back by then. */
export const UNREACHED_MS_MAX = 300_000;
/** Failures of the other kinds in a row: trying again may help, waiting does not. */
const FAILURES_MAX = 3;
/** What waiting mends. */
const BREAKS: readonly ErrorCode[] = [
  "unreachable",
  "internal-stop",
  "cluster-unreachable",
  "no-active-namenode",
  "kdc-unreachable",
  "safe-mode",
];
/** What a person must mend first. */
const HOPELESS: readonly ErrorCode[] = ["secondary-full", "quota-exceeded"];
const BACKOFF_MS_MIN = 200;
const BACKOFF_MS_MAX = 5000;

type Dialling = StepContext<"send-snapshots" | "replicate-snapshots">;

/** Dials until one conversation has come to its end. @throws CoevalError of either end that trying again does not mend. */
export async function dialPeer(context: Dialling, work: TransferWork): Promise<Result> {
  const { world, instruction, cancel } = context;
  const { clock } = world;
  let breaks = 0;
  let reachedElapsedMs = clock.elapsedMs();
  for (;;) {
    try {
      const held = await dialOnce(context, work, {
        reached() {
          reachedElapsedMs = Number.POSITIVE_INFINITY;
        },
        progressed() {
          breaks = 0;
        },
      });
      return { step: instruction.order.step, ...held };
    } catch (thrown) {
      cancel.throwIfAborted();
      if (!(thrown instanceof CoevalError) || ++breaks > attemptsAgain(thrown.code)) throw thrown;
      reachedElapsedMs = Math.min(reachedElapsedMs, clock.elapsedMs());
      if (clock.elapsedMs() - reachedElapsedMs > UNREACHED_MS_MAX) throw thrown;
      world.log.warn("transfer broke", { run: instruction.run, why: thrown.message, breaks });
      if (isTold(breaks)) context.tell(`the transfer broke, tried again: ${thrown.message}`);
      context.report(standingStill(waitingFor(thrown, breaks)));
      await clock.sleep(Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** breaks), cancel);
    }
  }
}

/** What people see while nothing moves. */
function waitingFor({ code, message }: CoevalError, breaks: number): string {
  return `waiting for the other agent (try ${breaks + 1} of ${attemptsAgain(code) + 1}): ${message}`;
}

function attemptsAgain(code: ErrorCode): number {
  if (explain(code).retry === "never" || HOPELESS.includes(code)) return 0;
  return BREAKS.includes(code) ? BREAKS_MAX : FAILURES_MAX;
}

interface Hearing {
  /** The peer has opened the transfer. */
  reached(): void;
  /** A file is whole at the target. */
  progressed(): void;
}

async function dialOnce(
  context: Dialling,
  work: TransferWork,
  { reached, progressed }: Hearing,
): Promise<Held> {
  const { instruction, network, cancel, world } = context;
  const { run, service, epoch, order } = instruction;
  const channel = channelOn(await network.connect(order.address, cancel, { kind: "agent", ...order.peer }));
  const say = (message: TransferMessage): Promise<void> => channel.send(message);
  const abort = (): void => channel.close("cancelled");
  cancel.addEventListener("abort", abort, { once: true });
  if (cancel.aborted) abort();
  context.tell(`connected to ${order.peer.cluster}'s agent at ${order.address}`);
  try {
    return await parting(world.clock, channel, async () => {
      const baseManifestSha256 = order.base?.manifestSha256 ?? null;
      await say({ say: "open", direction: directionOf(order.step), run, service, epoch, baseManifestSha256 });
      const said = await hear(channel, "opened", "finished");
      reached();
      if (said === "finished") return work.recall();
      const held = await work.converse(channel, progressed);
      if (order.step === "replicate-snapshots") {
        // The source serves until it knows that all is here, and this end comes again until it knows that the source does.
        await context.saveNote(held);
        await say({ say: "finished" });
        await hear(channel, "finished");
      }
      return held;
    });
  } finally {
    cancel.removeEventListener("abort", abort);
    channel.close("over");
  }
}
