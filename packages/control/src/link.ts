/** One connection of one agent, as the rest of the control device sees it: what can be said to it, and its end. */
import type { Channel } from "@coeval/contract/wire/channel";
import type { FromControl } from "@coeval/contract/wire/link";
import { type Failure, toFailure } from "@coeval/core/errors";
import type { Peer } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import type { Instruction } from "@coeval/core/protect/instruction";
import { createQuestions, type Questions } from "./questions.ts";
import { lastWord, refusal } from "./last-word.ts";

/** Messages that wait to be sent on one link; an agent that takes none for so long is cut off, and gets all anew when it is back. */
export const MESSAGES_QUEUED_MAX = 256;

export type AgentPeer = Extract<Peer, { kind: "agent" }>;

/** Core's own instruction, whose lists are read-only, goes out as it is. */
export type ToAgent =
  | Exclude<FromControl, { say: "instruct" }>
  | { readonly say: "instruct"; readonly term: number; readonly instruction: Instruction };

export interface Link {
  readonly peer: AgentPeer;
  /** As it stands in the audit log: `agent:east/east-1`. */
  readonly who: string;
  /** Where the agent's peers reach it. */
  readonly dataAddress: string;
  /** The version of the agent's software. */
  readonly software: string;
  /** Messages that wait to be sent. */
  readonly queued: number;
  /** Queues a message; on a link that has ended it has no effect. */
  send(message: ToAgent): void;
  /** Ends the link and tells the agent why. `final`: it must not come back with this certificate. */
  refuse(failure: Failure, final: boolean): void;
  /** Ends the link at once. */
  close(reason: string): void;
  /** Why it ended; null while it lasts. */
  readonly ended: string | null;
  readonly questions: Questions;
}

/** @param hello what the agent said first. */
export function createLink(
  world: World,
  channel: Channel,
  peer: AgentPeer,
  { dataAddress, software }: { readonly dataAddress: string; readonly software: string },
): Link {
  let queued = 0;
  let ended: string | null = null;
  const questions = createQuestions(world, peer.cluster, send);

  function end(reason: string): boolean {
    if (ended !== null) return false;
    ended = reason;
    questions.end(reason);
    return true;
  }

  function close(reason: string): void {
    end(reason);
    channel.close(reason);
  }

  async function transmit(message: ToAgent): Promise<void> {
    queued++;
    try {
      await channel.send(message);
    } catch (thrown) {
      close(toFailure(thrown).message);
    } finally {
      queued--;
    }
  }

  function send(message: ToAgent): void {
    if (ended !== null) return;
    if (queued >= MESSAGES_QUEUED_MAX) close(`the agent takes no messages; ${queued} wait`);
    else void transmit(message);
  }

  return {
    peer,
    who: `agent:${peer.cluster}/${peer.agent}`,
    dataAddress,
    software,
    get queued() {
      return queued;
    },
    get ended() {
      return ended;
    },
    send,
    refuse(failure, final) {
      if (end(failure.message)) void lastWord(world, channel, refusal(failure, final), forever);
    },
    close,
    questions,
  };
}

/** Whoever reads the channel already waits for its end. */
function forever(): Promise<void> {
  return new Promise(() => undefined);
}
