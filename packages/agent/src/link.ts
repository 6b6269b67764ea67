/** The agent's link to the control device: dialled, kept, dialled again. Instructions come in, reports and answers go out, time is measured. */
import { toFailure } from "@coeval/core/errors";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { Tenure } from "@coeval/core/model/role";
import type { Network } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import { type Channel, channelOn } from "@coeval/contract/wire/channel";
import {
  type FromAgent,
  type FromControl,
  fromControl,
  LINK_VERSION,
  SILENCE_MS_MAX,
  STATUS_EVERY_MS,
} from "@coeval/contract/wire/link";
import type { MeasuredClock } from "./shared-clock.ts";

const REDIAL_MS_MIN = 200;
const REDIAL_MS_MAX = 5000;
/** Exchanges of time right after connecting, then one with every status. */
const FIRST_EXCHANGES = 8;

export interface LinkOptions {
  readonly network: Network;
  /** Of the control device, `host:port`. */
  readonly address: string;
  readonly dataAddress: string;
  readonly software: string;
  readonly clock: MeasuredClock;
  readonly status: () => Promise<{
    cluster: ClusterStatus;
    tenures: readonly Tenure[];
    voidSnapshots: number;
  }>;
  /** Everything but time and refusals. */
  readonly hear: (message: Heard) => void;
}

export type Heard = Extract<
  FromControl,
  { say: "welcome" | "instruct" | "examine" | "list-point" | "check-point" | "revoked" | "certified" }
>;

export interface Link {
  /** Says it now, or drops it when there is no link: what matters is said again on demand. */
  say(message: FromAgent): void;
  /** Dials until stopped; resolves when the control device refuses for good. */
  run(cancel: AbortSignal): Promise<void>;
}

export function createLink(world: World, options: LinkOptions): Link {
  let channel: Channel | null = null;

  function say(message: FromAgent): void {
    const current = channel;
    current?.send(message).catch((thrown: unknown) => {
      world.log.warn("link write failed", { why: toFailure(thrown).message });
      current.close("write failed");
    });
  }

  async function once(cancel: AbortSignal): Promise<"again" | "never"> {
    const stream = await options.network.connect(options.address, cancel, { kind: "control" });
    const mine = channelOn(stream);
    const over = new AbortController();
    const abort = (): void => mine.close("stopping");
    cancel.addEventListener("abort", abort, { once: true });
    channel = mine;
    try {
      const { software, dataAddress } = options;
      await mine.send({ say: "hello", version: LINK_VERSION, software, dataAddress } satisfies FromAgent);
      return await listen(mine, over.signal);
    } finally {
      if (channel === mine) channel = null;
      over.abort("link over");
      cancel.removeEventListener("abort", abort);
      mine.close("over");
    }
  }

  async function listen(mine: Channel, over: AbortSignal): Promise<"again" | "never"> {
    const asked = new Map<number, number>();
    let heardAtMs = world.clock.elapsedMs();
    watch(mine, over, () => world.clock.elapsedMs() - heardAtMs);
    for (;;) {
      const frame = await mine.receive();
      if (!frame) return "again";
      heardAtMs = world.clock.elapsedMs();
      const message = fromControl.parse(frame.kind === "json" ? frame.value : null);
      switch (message.say) {
        case "time": {
          const askedAt = asked.get(message.number);
          asked.delete(message.number);
          if (askedAt !== undefined) options.clock.measured(askedAt, heardAtMs, message.now);
          break;
        }
        case "refused":
          world.log.error("refused by the control device", {
            code: message.failure.code,
            why: message.failure.message,
          });
          if (message.final) return "never";
          break;
        case "welcome":
          options.clock.reset(message.clockSource);
          options.hear(message);
          beat(mine, over, asked);
          break;
        default:
          options.hear(message);
      }
    }
  }

  /** Status and time, at once and then every STATUS_EVERY_MS, while the link lasts. */
  function beat(mine: Channel, over: AbortSignal, asked: Map<number, number>): void {
    let number = 0;
    const askTime = async (): Promise<void> => {
      // What was not answered by now will not be; the map stays small.
      if (asked.size > FIRST_EXCHANGES) asked.clear();
      asked.set(++number, world.clock.elapsedMs());
      await mine.send({ say: "time?", number } satisfies FromAgent);
    };
    const run = async (): Promise<void> => {
      for (let i = 0; i < FIRST_EXCHANGES; i++) {
        await askTime();
        await world.clock.sleep(10, over);
      }
      for (;;) {
        await askTime();
        const status = await options.status();
        const reading = options.clock.reading();
        const ahead = reading ? world.clock.nowMs() - world.clock.elapsedMs() - reading.offsetMs : 0;
        const clock = reading && { source: reading.source, offsetMs: ahead, errorMs: reading.errorMs };
        await mine.send({
          say: "status",
          ...status,
          tenures: [...status.tenures],
          clock,
        } satisfies FromAgent);
        await world.clock.sleep(STATUS_EVERY_MS, over);
      }
    };
    run().catch((thrown: unknown) => {
      if (!over.aborted) mine.close(`status: ${toFailure(thrown).message}`);
    });
  }

  /** Closes a link on which nothing is heard any more: a dead peer sends no end. */
  function watch(mine: Channel, over: AbortSignal, silentMs: () => number): void {
    const run = async (): Promise<void> => {
      while (silentMs() <= SILENCE_MS_MAX) await world.clock.sleep(STATUS_EVERY_MS, over);
      mine.close("silence");
    };
    run().catch(() => mine.close("over"));
  }

  return {
    say,
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
        waitMs =
          world.clock.elapsedMs() - startedMs > SILENCE_MS_MAX
            ? REDIAL_MS_MIN
            : Math.min(REDIAL_MS_MAX, waitMs * 2);
        // Agents that lost the same control device must not come back all at once.
        const jitter = ((world.random.bytes(1)[0] as number) / 255) * 0.5 + 0.75;
        await world.clock.sleep(waitMs * jitter, cancel).catch(() => undefined);
      }
    },
  };
}
