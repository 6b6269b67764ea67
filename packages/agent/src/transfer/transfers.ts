/**
 * The open transfers of this agent: which peers may connect now, and for what. A stream is served only against an open instruction
 * of this agent's own that names run, service, epoch, direction and the peer's certificate.
 */
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { Peer, Stream } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import { type Channel, channelOn } from "@coeval/contract/wire/channel";
import type { Direction } from "@coeval/core/protect/direction";
import type { TransferMessage } from "@coeval/contract/wire/transfer";
import { farewell } from "./farewell.ts";
import { parseMessage } from "./messages.ts";

/** An opened stream says what it wants within this. */
const OPEN_MS_MAX = 10_000;
/** Streams that have not said yet what they want. */
const WAITING_MAX = 64;

export type OpenMessage = Extract<TransferMessage, { say: "open" }>;

/** What one open instruction accepts. */
export interface Expected {
  readonly direction: Direction;
  readonly service: string;
  readonly epoch: number;
  readonly peer: { readonly cluster: string; readonly agent: string; readonly fingerprint: string };
  /** The control device has said nothing of it for too long. */
  expired(): boolean;
  /** Serves the stream until it ends; a later stream of the same run comes only after the earlier one has ended. */
  serve(channel: Channel, open: OpenMessage): Promise<void>;
}

export interface Transfers {
  /** Where peers reach this agent, `host:port`. */
  readonly address: string;
  /** Accepts transfers of a run until the function returned is called. */
  expect(run: string, expected: Expected): () => void;
}

export interface TransferOptions {
  /** Where peers reach this agent, `host:port`. */
  readonly address: string;
  /** Whether this agent has listened for it to its end before. */
  readonly finished: (open: OpenMessage, peer: Peer) => Promise<boolean>;
}

/** The transfers and the function that takes each incoming stream. */
export function createTransfers(
  world: World,
  options: TransferOptions,
): Transfers & { accept(stream: Stream): void } {
  const expected = new Map<string, Expected>();
  let waiting = 0;

  async function serve(stream: Stream): Promise<void> {
    const channel = channelOn(stream);
    const deadline = new AbortController();
    waiting++;
    let open: OpenMessage;
    try {
      void world.clock.sleep(OPEN_MS_MAX, deadline.signal).then(
        () => channel.close("nothing was asked in time"),
        () => undefined,
      );
      const frame = await channel.receive();
      const message = frame && parseMessage(frame);
      if (message?.say !== "open")
        throw new CoevalError("protocol", "the first message of a transfer is `open`");
      open = message;
    } finally {
      waiting--;
      deadline.abort();
    }
    const match = expected.get(open.run);
    if (!match && (await options.finished(open, stream.peer))) {
      await channel.send({ say: "finished" } satisfies TransferMessage);
      return channel.close("finished before");
    }
    const refusal = refusalOf(match, open, stream.peer);
    if (refusal || !match) {
      world.log.warn("transfer refused", {
        run: open.run,
        peer: peerName(stream.peer),
        why: refusal?.message,
      });
      return farewell(world.clock, channel, refusal);
    }
    await match.serve(channel, open);
    channel.close("over");
  }

  return {
    address: options.address,
    accept(stream) {
      if (waiting >= WAITING_MAX || stream.peer.kind !== "agent") {
        world.log.warn("transfer refused", {
          peer: peerName(stream.peer),
          why: waiting >= WAITING_MAX ? "too many" : "no agent",
        });
        stream.close("refused");
        return;
      }
      serve(stream).catch((thrown: unknown) => {
        world.log.warn("transfer ended", { peer: peerName(stream.peer), why: toFailure(thrown).message });
        stream.close("failed");
      });
    },
    expect(run, one) {
      expected.set(run, one);
      return () => {
        if (expected.get(run) === one) expected.delete(run);
      };
    },
  };
}

/** An instruction that is not open may only be late: this agent may just have been started again. The rest is no mistake of time. */
function refusalOf(match: Expected | undefined, open: OpenMessage, peer: Peer): CoevalError | null {
  if (!match)
    return new CoevalError("unreachable", `transfer of ${open.run} refused: no open instruction names it`);
  const why = breachOf(match, open, peer);
  if (why === null && match.expired()) {
    const message = `transfer of ${open.run} refused: the control device has not given its instruction again for too long`;
    return new CoevalError("unreachable", message);
  }
  return why === null ? null : new CoevalError("not-allowed", `transfer of ${open.run} refused: ${why}`);
}

function breachOf(match: Expected, open: OpenMessage, peer: Peer): string | null {
  if (peer.kind !== "agent") return "the peer is no agent";
  if (peer.cluster !== match.peer.cluster || peer.agent !== match.peer.agent)
    return "another agent is expected";
  if (peer.fingerprint !== match.peer.fingerprint) return "the certificate is not the expected one";
  if (open.direction !== match.direction) return `a ${match.direction} is expected`;
  if (open.service !== match.service) return "another service is expected";
  if (open.epoch !== match.epoch) return `epoch ${match.epoch} is expected`;
  return null;
}

function peerName(peer: Peer): string {
  return peer.kind === "agent" ? `${peer.cluster}/${peer.agent}` : peer.kind;
}
