/** The agent's link to the control device: dialled, kept, dialled again. Instructions come in, reports and answers go out, time is measured. */
import { toFailure } from "@coeval/core/errors";
import type { Network } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import { type Channel, channelOn } from "@coeval/contract/wire/channel";
import { type FromAgent, LINK_VERSION, SILENCE_MS_MAX } from "@coeval/contract/wire/link";
import { converse, type LinkTalk } from "./link-talk.ts";

export type { Heard } from "./link-talk.ts";

const REDIAL_MS_MIN = 200;
const REDIAL_MS_MAX = 5000;

export interface LinkOptions extends LinkTalk {
  readonly network: Network;
  /** Of the control device, `host:port`. */
  readonly address: string;
  readonly dataAddress: string;
  readonly software: string;
}

export interface Link {
  /** Says it now, or drops it when there is no link, and returns false: what matters is said again on demand. */
  readonly say: (message: FromAgent) => boolean;
  /** Asks for the time now, out of turn. */
  readonly askTime: () => void;
  /** Dials until stopped; resolves when the control device refuses for good. */
  run(cancel: AbortSignal): Promise<void>;
}

export function createLink(world: World, options: LinkOptions): Link {
  let channel: Channel | null = null;
  let hurry = (): void => undefined;

  async function once(cancel: AbortSignal): Promise<"again" | "never"> {
    const mine = channelOn(await options.network.connect(options.address, cancel, { kind: "control" }));
    const abort = (): void => mine.close("stopping");
    cancel.addEventListener("abort", abort, { once: true });
    if (cancel.aborted) abort();
    channel = mine;
    try {
      const { software, dataAddress } = options;
      await mine.send({ say: "hello", version: LINK_VERSION, software, dataAddress } satisfies FromAgent);
      return await converse(world, options, mine, (ask) => {
        hurry = ask;
      });
    } finally {
      if (channel === mine) {
        channel = null;
        hurry = () => undefined;
      }
      cancel.removeEventListener("abort", abort);
      mine.close("over");
    }
  }

  return {
    askTime: () => hurry(),
    say(message) {
      const current = channel;
      if (!current) return false;
      current.send(message).catch((thrown: unknown) => {
        world.log.warn("link write failed", { why: toFailure(thrown).message });
        current.close("write failed");
      });
      return true;
    },
    async run(cancel) {
      let waitMs = REDIAL_MS_MIN;
      while (!cancel.aborted) {
        const startedMs = world.clock.elapsedMs();
        try {
          if ((await once(cancel)) === "never") return;
        } catch (thrown) {
          if (!cancel.aborted) world.log.warn("link broke", { why: toFailure(thrown).message });
        }
        if (cancel.aborted) return;
        const lasted = world.clock.elapsedMs() - startedMs > SILENCE_MS_MAX;
        waitMs = lasted ? REDIAL_MS_MIN : Math.min(REDIAL_MS_MAX, waitMs * 2);
        // Agents that lost the same control device must not come back all at once.
        const jitter = ((world.random.bytes(1)[0] as number) / 255) * 0.5 + 0.75;
        await world.clock.sleep(waitMs * jitter, cancel).catch(() => undefined);
      }
    },
  };
}
