/** Strangers and peers with forged, swapped or stolen names knock everywhere, all the time; and real certificates run out for a while. */
import { type Channel, channelOn } from "@coeval/contract/wire/channel";
import { LINK_VERSION } from "@coeval/contract/wire/link";
import type { Peer } from "@coeval/core/ports/network";
import type { Direction } from "@coeval/core/protect/direction";
import type { Call } from "../cluster/served.ts";
import type { Act, Scenario } from "../plan.ts";
import type { Stage } from "../stage.ts";
import { createLife } from "../world/life.ts";
import { requestFor } from "../processes/authority.ts";
import type { Seed } from "../world/seed.ts";

/** A certificate that nobody renewed in time, and then somebody did. */
function expiry(seed: Seed, run: number): Act {
  const machine = seed.pick(["control", "east", "west"] as const);
  const forMs = seed.between(500, 20_000);
  // Streams that are open go on; one that breaks shows what has happened.
  const breaks = seed.chance(0.7);
  return {
    name: `the certificate of ${machine} runs out`,
    when: { kind: "after-begin", run, ms: seed.between(0, 6000) },
    act({ net, timeline }) {
      net.expire(machine);
      timeline.after(forMs, () => net.renew(machine));
      if (!breaks) return;
      for (const other of ["control", "east", "west"])
        if (other !== machine) net.breakBetween(machine, other);
    },
  };
}

export const forgedPeers: Scenario = {
  name: "forged-peers",
  plan: (seed) => ({
    runs: 2,
    acts: [
      ...Array.from(
        { length: 6 },
        (_, index): Act => ({
          name: "a forged peer calls the control device",
          when: { kind: "after-begin", run: index % 2, ms: seed.between(0, 6000) },
          act: (stage) => void knock(stage, "control", forgedPeer(stage, seed), hello, ["refused"]),
        }),
      ),
      ...Array.from(
        { length: 3 },
        (_, index): Act => ({
          name: "a stranger enrols with a secret that was spent",
          when: { kind: "after-begin", run: index % 2, ms: seed.between(0, 6000) },
          act: (stage) =>
            void knock(stage, "control", { kind: "stranger" }, enrolOf(stage, seed), ["refused"]),
        }),
      ),
      ...Array.from({ length: 2 }, (_, run) => expiry(seed, run)),
      // Whichever end of a transfer listens: from the first files on the secondary is asked, from the snapshot on the primary.
      ...Array.from(
        { length: 6 },
        (): Act => ({
          name: "a forged peer calls the secondary's agent",
          when: { kind: "call", cluster: "west", method: "makeDirectory", nth: seed.whole(4, 16) },
          act: (stage, call) =>
            void knock(stage, "west", forgedPeer(stage, seed), openOf(call, "push"), ["closed"]),
        }),
      ),
      ...Array.from(
        { length: 4 },
        (): Act => ({
          name: "a forged peer calls the primary's agent",
          when: { kind: "call", cluster: "east", method: "createSnapshot", nth: seed.whole(1, 3) },
          act: (stage, call) =>
            void knock(stage, "east", forgedPeer(stage, seed), openOf(call, "pull"), ["closed"]),
        }),
      ),
    ],
  }),
};

const KNOCKS = 8;
const KNOCK_EVERY_MS = 300;

const hello = { say: "hello", version: LINK_VERSION, software: "forged", dataAddress: "mallory:1" };

/** As an agent does that is new, with a key of its own. */
function enrolOf({ secrets, keys }: Stage, seed: Seed): object {
  const { publicKey } = keys.create("mallory");
  return { say: "enrol", secret: seed.pick(secrets), agent: "east", csr: requestFor(publicKey) };
}

/** Asks to send what the run of the call waits for, or to be sent what it serves. */
function openOf(call: Call | null, direction: Direction): object {
  const run = /run-[0-9a-z]+/.exec(call?.texts.join(" ") ?? "")?.[0] ?? "run-none";
  return { say: "open", direction, run, service: "orders", epoch: 1, baseManifestSha256: null };
}

function forgedPeer({ machines }: Stage, seed: Seed): Peer {
  const unknown = "f".repeat(64);
  const { east, west } = machines;
  return seed.pick<Peer>([
    { kind: "stranger" },
    { kind: "agent", cluster: "east", agent: "east", fingerprint: unknown },
    { kind: "agent", cluster: "east", agent: "east", fingerprint: west.key.fingerprint },
    { kind: "agent", cluster: "west", agent: "other", fingerprint: east.key.fingerprint },
    { kind: "agent", cluster: "west", agent: "west", fingerprint: unknown },
    { kind: "agent", cluster: "west", agent: "west", fingerprint: east.key.fingerprint },
    { kind: "control", id: "control", fingerprint: unknown },
  ]);
}

/** Comes again and again for a while: the door is open only between the opening of a run and its end. */
async function knock(
  stage: Stage,
  machine: string,
  peer: Peer,
  sentence: object,
  refusals: readonly string[],
): Promise<void> {
  const life = createLife("mallory", () => undefined);
  for (let knocks = 0; knocks < KNOCKS; knocks++) {
    await stage.timeline.pass(KNOCK_EVERY_MS);
    const address = stage.net.addressOf(machine);
    if (!address) continue;
    try {
      const channel = channelOn(await stage.net.of(life, peer).connect(address));
      await channel.send(sentence);
      const say = await firstWord(channel);
      channel.close("heard enough");
      if (say !== null && !refusals.includes(say))
        stage.intrusions.push(`${machine} answered ${JSON.stringify(peer)} with ${say}`);
    } catch (thrown) {
      stage.book.write("mallory", "turned away", { why: String(thrown) });
    }
  }
}

/** What is said of itself to a peer that is let in; null when the stream ends without a word. */
async function firstWord(channel: Channel): Promise<string | null> {
  const frame = await channel.receive();
  if (!frame) return null;
  return frame.kind === "json" ? ((frame.value as { say?: string }).say ?? "nothing") : "bytes";
}
