import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { World } from "@coeval/core/ports/world";
import { fakeHash, fakeSignatures } from "@coeval/core/testing/fake-hash";
import { type Channel, channelOn } from "@coeval/contract/wire/channel";
import {
  type FromAgent,
  type FromControl,
  LINK_VERSION,
  SILENCE_MS_MAX,
  STATUS_EVERY_MS,
} from "@coeval/contract/wire/link";
import { createLink, type Heard } from "./link.ts";
import { createSharedClock } from "./shared-clock.ts";
import { createFakeFiles } from "./testing/fake-files.ts";
import { createFakeNet } from "./testing/fake-network.ts";
import { statusOf } from "./testing/fake-source.ts";
import { BEGIN_MS, createFakeTime } from "./testing/fake-time.ts";

const WELCOME: FromControl = {
  say: "welcome",
  version: LINK_VERSION,
  control: "control-1",
  cluster: { name: "east", url: "webhdfs://nn:9870", user: "coeval" },
  clockSource: "control:1",
};

/** An agent's link and a control device whose answers a test decides. */
async function linked(reply: (said: FromAgent, channel: Channel, nth: number) => Promise<void> | void) {
  const time = createFakeTime();
  const net = createFakeNet();
  const clock = time.clock(100, -40);
  const logged: string[] = [];
  const line = (event: string, fields: object = {}): void =>
    void logged.push(`${event} ${JSON.stringify(fields)}`);
  const world: World = {
    clock,
    random: { bytes: (length) => new Uint8Array(length).fill(127) },
    hash: fakeHash,
    signatures: fakeSignatures,
    files: createFakeFiles(),
    log: { info: line, warn: line, error: line },
  };
  const said: (readonly [atMs: number, message: FromAgent])[] = [];
  let links = 0;
  await net.of({ kind: "control", id: "control-1", fingerprint: "c" }).listen("control:1", (stream) => {
    const nth = ++links;
    const channel = channelOn(stream);
    const listen = async (): Promise<void> => {
      for (let frame = await channel.receive(); frame; frame = await channel.receive()) {
        const message = (frame.kind === "json" ? frame.value : null) as FromAgent;
        said.push([time.nowMs, message]);
        await reply(message, channel, nth);
      }
    };
    listen().catch(() => undefined);
  });
  const heard: Heard[] = [];
  const renewals: (readonly [number, number | null])[] = [];
  const shared = createSharedClock(clock);
  const probe = { answer: async (): Promise<ClusterStatus> => statusOf("east") };
  const link = createLink(world, {
    network: net.of({ kind: "agent", cluster: "east", agent: "a", fingerprint: "f" }),
    address: "control:1",
    dataAddress: "east:9000",
    software: "test",
    clock: shared,
    status: async () => ({
      cluster: await probe.answer(),
      tenures: [],
      voidSnapshots: 0,
      clusterClock: null,
    }),
    renewed: (askedMs, term) => void renewals.push([askedMs, term]),
    hear: (message) => void heard.push(message),
  });
  const stop = new AbortController();
  const over = link.run(stop.signal);
  const of = (say: FromAgent["say"]) => said.filter(([, message]) => message.say === say);
  return {
    time,
    net,
    link,
    shared,
    probe,
    logged,
    heard,
    renewals,
    said,
    of,
    over,
    links: () => links,
    async end() {
      stop.abort("stopping");
      await time.until(over);
    },
  };
}

/** Welcomes, and answers every question for the time. */
const friendly =
  (time: () => number) =>
  async (said: FromAgent, channel: Channel): Promise<void> => {
    if (said.say === "hello") await channel.send(WELCOME);
    if (said.say === "time?")
      await channel.send({
        say: "time",
        number: said.number,
        now: BEGIN_MS + time(),
        errorMs: 0,
        acting: 1,
      } satisfies FromControl);
  };

async function friend() {
  let time = (): number => 0;
  const all = await linked((said, channel) => friendly(() => time())(said, channel));
  time = () => all.time.nowMs;
  return all;
}

test("the agent says who it is, hears its cluster, measures the clock before its first status", async () => {
  const { time, said, heard, shared, of, end } = await friend();
  await time.advance(500);
  assert.deepEqual(said[0]?.[1], {
    say: "hello",
    version: LINK_VERSION,
    software: "test",
    dataAddress: "east:9000",
  });
  assert.deepEqual(heard, [WELCOME]);
  const reading = shared.reading();
  assert.ok(reading && reading.errorMs < 1 && reading.source === "control:1");
  const [, status] = of("status")[0] ?? [];
  assert.ok(status?.say === "status" && status.clock.reading);
  assert.ok(Math.abs(status.clock.reading.offsetMs + 40) < 1, "its own wall clock is 40 ms behind");
  await end();
});

test("time and status go on at their own pace; one asked for twice is not told twice as often", async () => {
  const { time, of, end, link } = await friend();
  await time.advance(10_100);
  assert.ok(of("status").length >= 5 && of("status").length <= 6, String(of("status").length));
  assert.ok(of("time?").length >= 8 + 5 && of("time?").length <= 8 + 6);
  link.say({ say: "renew", csr: "pem" });
  await time.advance(1);
  assert.equal(of("renew").length, 1);
  await end();
});

test("a welcome that comes twice, as messages may, starts nothing twice", async () => {
  let now = (): number => 0;
  const all = await linked(async (said, channel) => {
    await friendly(() => now())(said, channel);
    if (said.say === "hello") await channel.send(WELCOME);
  });
  now = () => all.time.nowMs;
  await all.time.advance(10_100);
  assert.ok(all.of("status").length <= 6, String(all.of("status").length));
  await all.end();
});

test("a cluster that hangs stops neither the clock nor the link", async () => {
  const all = await friend();
  all.probe.answer = async () => {
    await all.time.clock().sleep(5000);
    return { ...statusOf("east"), reachable: false, cause: "no answer within 5000 ms" };
  };
  await all.time.advance(60_000);
  assert.equal(all.links(), 1);
  assert.ok(all.of("time?").length >= 30);
  assert.ok((all.shared.reading()?.errorMs ?? 9) < 2);
  await all.end();
});

test("a control device that falls silent is left and dialled again; sooner or later, not all at once", async () => {
  const all = await linked(async (said, channel, nth) => {
    if (said.say === "hello" && nth < 3) await channel.send(WELCOME);
  });
  await all.time.advance(SILENCE_MS_MAX + STATUS_EVERY_MS + 100);
  assert.ok(all.logged.some((line) => line.includes("silence")));
  await all.time.advance(60_000);
  assert.ok(all.links() >= 5, `${all.links()} links`);
  await all.end();
});

test("what is no message of the link, or another version of it, ends it with the reason", async () => {
  for (const [answer, why] of [
    [
      { ...WELCOME, version: LINK_VERSION + 1 },
      new RegExp(`speaks version ${LINK_VERSION + 1} of the link, this agent ${LINK_VERSION}`),
    ],
    [{ say: "instruct", term: 1, instruction: { id: "x" } }, /no message of the link: instruction/],
    [{ say: "dance" }, /no message of the link/],
  ] as const) {
    const all = await linked(async (said, channel) => {
      if (said.say === "hello") await channel.send(answer);
    });
    await all.time.advance(100);
    assert.match(all.logged.join(), why);
    assert.deepEqual(all.heard, []);
    await all.end();
  }
});

test("refused for good, the agent comes back no more; refused for now, it does", async () => {
  for (const final of [true, false]) {
    const failure = { code: "peer-not-trusted", message: "revoked", evidence: [] } as const;
    const all = await linked(async (said, channel) => {
      if (said.say !== "hello") return;
      await channel.send({ say: "refused", failure, final } satisfies FromControl);
      channel.close("refused");
    });
    if (final) await all.time.until(all.over);
    await all.time.advance(30_000);
    assert.equal(all.links() > 1, !final);
    await all.end();
  }
});

test("without a link what is said is dropped, and stopping ends the dialling", async () => {
  const all = await linked((_said, channel) => channel.close("busy"));
  await all.time.advance(3000);
  all.link.say({ say: "renew", csr: "pem" });
  await all.time.advance(3000);
  assert.equal(all.of("renew").length, 0);
  const before = all.links();
  await all.end();
  await all.time.advance(60_000);
  assert.equal(all.links(), before);
});
