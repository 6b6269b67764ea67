/** What is said on one link while it lasts: what the control device says is passed on, time is exchanged, the status told, silence noticed. */
import { wallOffset } from "@coeval/core/clock/wall-offset";
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { Tenure } from "@coeval/core/model/role";
import type { Clock } from "@coeval/core/ports/clock";
import type { World } from "@coeval/core/ports/world";
import type { Channel } from "@coeval/contract/wire/channel";
import type { Frame } from "@coeval/contract/wire/frame";
import {
  type FromAgent,
  type FromControl,
  fromControl,
  LINK_VERSION,
  SILENCE_MS_MAX,
  STATUS_EVERY_MS,
} from "@coeval/contract/wire/link";
import type { ClusterOffset } from "./cluster-clock.ts";
import type { AgentClock } from "./shared-clock.ts";

/** Exchanges of time right after connecting, before the first status. */
const FIRST_EXCHANGES = 8;
/** Characters told of why a source could not be read. */
const FAILURE_LENGTH_MAX = 1000;
const FIRST_EXCHANGE_EVERY_MS = 10;

export type Heard = Exclude<FromControl, { say: "time" | "refused" }>;

export interface LinkTalk {
  readonly clock: AgentClock;
  readonly status: () => Promise<{
    cluster: ClusterStatus;
    tenures: readonly Tenure[];
    voidSnapshots: number;
    clusterClock: ClusterOffset | null;
  }>;
  /** A question for the time, asked then, was answered with the term in which this agent acts. */
  readonly renewed: (askedElapsedMs: number, term: number | null) => void;
  /** Everything but time and refusals. */
  readonly hear: (message: Heard) => void;
}

/**
 * Listens until the link ends; `never` when the control device refuses for good.
 * @param hurrying is given what asks for the time at once, as soon as that can be asked for.
 * @throws CoevalError `protocol`, `unreachable`.
 */
export async function converse(
  world: World,
  talk: LinkTalk,
  channel: Channel,
  hurrying: (ask: () => void) => void,
): Promise<"again" | "never"> {
  const { clock, log } = world;
  const over = new AbortController();
  const asked = new Map<number, number>();
  let heardAtMs = clock.elapsedMs();
  let greeted = false;
  background(
    channel,
    over.signal,
    watch(world, channel, over.signal, () => clock.elapsedMs() - heardAtMs),
  );
  try {
    for (;;) {
      const frame = await channel.receive();
      if (!frame) return "again";
      heardAtMs = clock.elapsedMs();
      const message = parse(frame);
      if (message.say === "time") {
        const askedAt = asked.get(message.number);
        asked.delete(message.number);
        if (askedAt !== undefined) talk.renewed(askedAt, message.acting);
        if (askedAt !== undefined && message.now !== null)
          talk.clock.measured(askedAt, heardAtMs, message.now, message.errorMs);
      } else if (message.say === "refused") {
        const { code, message: why } = message.failure;
        log.error("refused by the control device", { code, why });
        if (message.final) return "never";
      } else {
        if (message.say === "welcome") {
          checkVersion(message.version);
          talk.clock.reset(message.clockSource);
          if (!greeted) {
            const ask = asking(clock, channel, asked);
            hurrying(() => background(channel, over.signal, ask()));
            background(channel, over.signal, speak(world, talk, channel, over.signal, ask));
          }
          greeted = true;
        }
        talk.hear(message);
      }
    }
  } finally {
    over.abort("link over");
  }
}

/** Asks for the time, noting when. */
function asking(clock: Clock, channel: Channel, asked: Map<number, number>): () => Promise<void> {
  let number = 0;
  return async () => {
    // What was not answered by now will not be; the map stays small.
    if (asked.size > FIRST_EXCHANGES) asked.clear();
    asked.set(++number, clock.elapsedMs());
    await channel.send({ say: "time?", number } satisfies FromAgent);
  };
}

/** Time at a quick pace first; then time and status each at its own, so that a cluster that hangs does not stop the clock. */
async function speak(
  world: World,
  talk: LinkTalk,
  channel: Channel,
  over: AbortSignal,
  askTime: () => Promise<void>,
): Promise<void> {
  const { clock } = world;
  for (let i = 0; i < FIRST_EXCHANGES; i++) {
    await askTime();
    await clock.sleep(FIRST_EXCHANGE_EVERY_MS, over);
  }
  background(channel, over, tellStatus(world, talk, channel, over));
  for (;;) {
    await askTime();
    await clock.sleep(STATUS_EVERY_MS, over);
  }
}

async function tellStatus(
  { clock }: World,
  talk: LinkTalk,
  channel: Channel,
  over: AbortSignal,
): Promise<void> {
  for (;;) {
    const status = await talk.status();
    await channel.send({
      say: "status",
      ...status,
      tenures: [...status.tenures],
      clock: clockNow(clock, talk.clock),
    } satisfies FromAgent);
    await clock.sleep(STATUS_EVERY_MS, over);
  }
}

type Told = Extract<FromAgent, { say: "status" }>["clock"];

function clockNow(clock: Clock, shared: AgentClock): Told {
  const reading = shared.reading();
  const { source, server, failure } = shared;
  return {
    source,
    server,
    failure: failure?.slice(0, FAILURE_LENGTH_MAX) ?? null,
    reading: reading && { ...wallOffset(clock, reading), ageMs: reading.readAgoMs },
    apart: shared.apart(),
  };
}

/** Closes a link on which nothing is heard any more: a dead peer sends no end. */
async function watch(
  { clock }: World,
  channel: Channel,
  over: AbortSignal,
  silentMs: () => number,
): Promise<void> {
  while (silentMs() <= SILENCE_MS_MAX) await clock.sleep(STATUS_EVERY_MS, over);
  channel.close("silence");
}

/** What runs beside the listening ends the link when it fails, and with the link. */
function background(channel: Channel, over: AbortSignal, work: Promise<void>): void {
  work.catch((thrown: unknown) => {
    if (!over.aborted) channel.close(toFailure(thrown).message);
  });
}

function parse(frame: Frame): FromControl {
  const parsed = fromControl.safeParse(frame.kind === "json" ? frame.value : null);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CoevalError("protocol", `no message of the link: ${issue?.path.join(".")}: ${issue?.message}`);
}

function checkVersion(version: number): void {
  if (version === LINK_VERSION) return;
  throw new CoevalError(
    "protocol",
    `the control device speaks version ${version} of the link, this agent ${LINK_VERSION}`,
  );
}
