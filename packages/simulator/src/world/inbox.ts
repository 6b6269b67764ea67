/** Where alerts go in a simulated world: a target that sometimes refuses, and keeps what it was told. */
import { CoevalError } from "@coeval/core/errors";
import type { AlertMessage, Messenger } from "@coeval/core/ports/messenger";
import type { Seed } from "./seed.ts";
import type { Timeline } from "./timeline.ts";

export interface Inbox {
  readonly messenger: Messenger;
  /** Oldest first; one that came again stands here once. */
  readonly messages: readonly AlertMessage[];
}

const TAKES_MS_MAX = 50;
const REFUSED = 0.1;

export function createInbox(timeline: Timeline, seed: Seed): Inbox {
  const messages = new Map<string, AlertMessage>();
  return {
    get messages() {
      return [...messages.values()];
    },
    messenger: {
      targets: ["webhook/ops"],
      async send(_target, message, cancel) {
        await timeline.pass(seed.between(0, TAKES_MS_MAX));
        cancel.throwIfAborted();
        if (seed.chance(REFUSED)) throw new CoevalError("not-delivered", "the target refused it");
        messages.set(message.id, message);
      },
    },
  };
}
