/** One connection from its first byte to its end: who speaks, what it says, and what is answered. */
import { channelOn, type Channel } from "@coeval/contract/wire/channel";
import {
  type FromAgent,
  type FromControl,
  fromAgent,
  LINK_VERSION,
  SILENCE_MS_MAX,
} from "@coeval/contract/wire/link";
import { CoevalError, type ErrorCode, toFailure } from "@coeval/core/errors";
import type { Stream } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import type { StoredCluster } from "@coeval/store/control/cluster-row";
import { admit } from "./admission.ts";
import { enrol, renew } from "./enrol.ts";
import { type AgentPeer, createLink, type Link } from "./link.ts";
import type { LinkParts } from "./link-parts.ts";
import { drain, lastWord, refusal } from "./last-word.ts";
import { withinMs } from "./time-limit.ts";

type Time = Extract<FromControl, { say: "time" }>;

/** Messages of one agent that are worked on at a time; further ones are not read before. */
export const MESSAGES_IN_WORK_MAX = 32;
/** Failures of a message that are the agent's doing. */
const ENDING: readonly ErrorCode[] = ["not-allowed", "protocol", "enrolment-refused"];

/** Serves a connection until it ends; never rejects. */
export async function serveLink(world: World, parts: LinkParts, stream: Stream): Promise<void> {
  const channel = channelOn(stream);
  const { peer } = stream;
  try {
    if (peer.kind === "stranger") await serveStranger(world, parts, channel);
    else if (peer.kind === "agent") await serveAgent(world, parts, channel, peer);
    else channel.close("a control device has no business here");
  } catch (thrown) {
    const failure = toFailure(thrown);
    world.log.warn("link-refused", { peer: peer.kind, code: failure.code, message: failure.message });
    if (peer.kind === "agent") parts.refused(peer.fingerprint, failure.message);
    const final = failure.code === "peer-not-trusted" || failure.code === "enrolment-refused";
    await lastWord(world, channel, refusal(failure, final), () => drain(channel));
  }
}

async function serveStranger(world: World, parts: LinkParts, channel: Channel): Promise<void> {
  const message = await hear(world, channel);
  if (message === null) return channel.close("it said nothing");
  if (message.say !== "enrol")
    throw new CoevalError("peer-not-trusted", "without a certificate only an enrolment is heard");
  await lastWord(world, channel, await enrol(world, parts, message), () => drain(channel));
}

async function serveAgent(world: World, parts: LinkParts, channel: Channel, peer: AgentPeer): Promise<void> {
  const cluster = await admit(parts, peer);
  const hello = await hear(world, channel);
  if (hello === null) return channel.close("it said nothing");
  if (hello.say !== "hello") throw new CoevalError("protocol", `'${hello.say}' came before 'hello'`);
  if (hello.version !== LINK_VERSION)
    throw new CoevalError("protocol", `the agent speaks version ${hello.version}, this is ${LINK_VERSION}`);
  const link = createLink(world, channel, peer, hello);
  const welcome = welcomeOf(parts, cluster);
  link.send(welcome);
  try {
    await parts.opened(link);
    await converse(world, parts, channel, link, welcome);
  } catch (thrown) {
    const failure = toFailure(thrown);
    world.log.warn("link-broken", { who: link.who, code: failure.code, message: failure.message });
    link.refuse(failure, false);
    await drain(channel);
  } finally {
    link.close("the agent closed the link");
    parts.closed(link);
  }
}

async function converse(
  world: World,
  parts: LinkParts,
  channel: Channel,
  link: Link,
  welcome: FromControl,
): Promise<void> {
  const inWork = new Set<Promise<void>>();
  for (;;) {
    const message = await hear(world, channel);
    if (message === null) return;
    // Ended by us: the other end is given its moment to read why.
    if (link.ended !== null) continue;
    parts.heard(link);
    const work = handle(world, parts, link, message, welcome)
      .catch((thrown: unknown) => failed(world, link, message, thrown))
      .finally(() => inWork.delete(work));
    inWork.add(work);
    if (inWork.size >= MESSAGES_IN_WORK_MAX) await Promise.race(inWork);
  }
}

async function handle(
  world: World,
  parts: LinkParts,
  link: Link,
  message: FromAgent,
  welcome: FromControl,
): Promise<void> {
  switch (message.say) {
    case "hello":
      return link.send(welcome);
    case "time?":
      return link.send({ say: "time", number: message.number, ...timeNow(world, parts, link) });
    case "status":
      return parts.said(link, message);
    case "report":
      return parts.dispatcher.reported(link, message.instruction, message.report, message.lines);
    case "answer":
      return parts.dispatcher.answered(link, message.instruction, message.outcome);
    case "appointed":
      return parts.acting.confirmed(link, message);
    case "held":
    case "kept":
    case "findings":
    case "sets-found":
    case "retire-judged":
    case "inspected":
    case "entries":
    case "point-checked":
      return link.questions.answered(message);
    case "renew":
      return link.send(await renew(world, parts, link.peer, message.csr));
    case "enrol":
      throw new CoevalError("protocol", `${link.who} is enrolled already`);
  }
}

/** What the agent did wrong ends its link; what we could not store it says again: an answer, when its instruction comes again. */
function failed(world: World, link: Link, message: FromAgent, thrown: unknown): void {
  const failure = toFailure(thrown);
  if (ENDING.includes(failure.code)) return link.refuse(failure, false);
  world.log.error("message-not-handled", { who: link.who, say: message.say, cause: failure.message });
}

/** The next message, or null at the orderly end. @throws CoevalError `unreachable` after SILENCE_MS_MAX, `protocol`. */
async function hear(world: World, channel: Channel): Promise<FromAgent | null> {
  const frame = await withinMs(world.clock, SILENCE_MS_MAX, channel.receive());
  if (frame.late) {
    const silent = new CoevalError("unreachable", `nothing was heard for ${SILENCE_MS_MAX / 1000} s`);
    channel.close(silent.message);
    throw silent;
  }
  if (frame.value === null) return null;
  if (frame.value.kind !== "json") throw new CoevalError("protocol", "bytes came where a message belongs");
  const parsed = fromAgent.safeParse(frame.value.value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CoevalError(
    "protocol",
    `a message that is none: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
  );
}

function timeNow({ clock }: World, parts: LinkParts, link: Link): Omit<Time, "say" | "number"> {
  const acting = parts.acting.termOf(link);
  const reading = parts.clock.reading();
  return reading
    ? { now: clock.elapsedMs() + reading.offsetMs, errorMs: reading.errorMs, acting }
    : { now: null, errorMs: 0, acting };
}

function welcomeOf({ id, clock }: LinkParts, { cluster }: StoredCluster): FromControl {
  const { name, hdfs } = cluster;
  return {
    say: "welcome",
    version: LINK_VERSION,
    control: id,
    cluster: { name, ...hdfs },
    clockSource: clock.source,
  };
}
