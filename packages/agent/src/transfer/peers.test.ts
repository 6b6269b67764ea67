import assert from "node:assert/strict";
import { test } from "node:test";
import type { Peer } from "@coeval/core/ports/network";
import { DIRECTIONS, type Direction } from "@coeval/core/protect/direction";
import type { Instruction } from "@coeval/core/protect/instruction";
import { chanceOf } from "@coeval/core/testing/chance";
import { digestOf } from "@coeval/core/testing/fake-hash";
import { randomTree } from "@coeval/core/testing/trees";
import { type Channel, channelOn } from "@coeval/contract/wire/channel";
import { CONTENT_BYTES_MAX } from "@coeval/contract/wire/frame";
import {
  FILE_WINDOW_BYTES_MAX,
  FILES_IN_FLIGHT_MAX,
  type TransferMessage,
} from "@coeval/contract/wire/transfer";
import { begin, createStage, endsOf, type Stage } from "../testing/stage.ts";
import { INSTRUCTION_MS_MAX } from "./await-peer.ts";

const tree = randomTree(chanceOf(3), 10);
/** An agent as its peer sees it. */
const agentOf = (cluster: string): Peer & { kind: "agent" } => ({
  kind: "agent",
  cluster,
  agent: `agent-${cluster}`,
  fingerprint: digestOf(`agent-${cluster}`),
});
const DIALLER = { push: agentOf("east"), pull: agentOf("west") };
const openIn = (direction: Direction) => ({
  say: "open",
  direction,
  run: "run-1",
  service: "billing",
  epoch: 1,
  baseManifestSha256: null,
});
const BOTH = ["push", "pull"] as const;
const MOVED = { changes: 1, files: 1, bytes: 5, deletions: 0 };
const entry = {
  set: "alpha",
  path: "f",
  type: "file",
  id: "1",
  length: 5,
  mtimeMs: 1,
  atimeMs: 1,
  owner: "o",
  group: "g",
  mode: 0o644,
  replication: 1,
  blockSize: 1,
} as const;

/** The end of run-1's transfer that listens waits for its peer, which is kept from dialling. */
async function waiting(direction: Direction): Promise<Stage> {
  const stage = await createStage();
  const { dialler } = endsOf(stage, direction);
  const { instruct } = dialler;
  dialler.instruct = async (instruction) => {
    if (instruction.order.step !== DIRECTIONS[direction].dials.step) await instruct(instruction);
  };
  const conductor = begin(stage, "1", tree, null, direction);
  while (conductor.run.address === null) await stage.time.advance(100);
  return stage;
}

async function dial(stage: Stage, direction: Direction, self: Peer = DIALLER[direction]): Promise<Channel> {
  return channelOn(await stage.net.of(self).connect(endsOf(stage, direction).listener.address));
}

/** A source's end that a test speaks for, at the point where it may send files; the target is the real one. */
async function sendingTo(
  direction: Direction,
): Promise<{ readonly stage: Stage; readonly channel: Channel }> {
  if (direction === "push") {
    const stage = await waiting("push");
    return { stage, channel: await opened(stage) };
  }
  const stage = await createStage();
  const { source } = stage.sites;
  const { instruct } = source;
  const asked = Promise.withResolvers<void>();
  source.instruct = async (instruction) => {
    if (instruction.order.step === "serve-snapshots") asked.resolve();
    else await instruct(instruction);
  };
  const conductor = begin(stage, "1", tree, null, "pull");
  await stage.time.until(asked.promise);
  await stage.time.until(source.stop());
  const dialled = Promise.withResolvers<Channel>();
  await stage.net.of(agentOf("east")).listen(source.address, (stream) => dialled.resolve(channelOn(stream)));
  const report = { kind: "ready", address: source.address } as const;
  conductor.feed({ kind: "reported", side: "source", report, now: 0 });
  const channel = await stage.time.until(dialled.promise);
  assert.equal(await said(stage, channel), "open");
  await channel.send({ say: "opened" });
  await channel.send({ say: "plan", moved: MOVED });
  assert.equal(await said(stage, channel), "planned");
  return { stage, channel };
}

/** The next word of the peer. */
async function said(stage: Stage, channel: Channel): Promise<string | null> {
  const frame = await stage.time.until(channel.receive());
  return frame?.kind === "json" ? (frame.value as TransferMessage).say : null;
}

/** What is answered, until the peer ends the stream. */
async function heard(stage: Stage, channel: Channel): Promise<TransferMessage[]> {
  const all: TransferMessage[] = [];
  const listen = async (): Promise<void> => {
    for (let frame = await channel.receive(); frame; frame = await channel.receive())
      if (frame.kind === "json") all.push(frame.value as TransferMessage);
  };
  await stage.time.until(listen().catch(() => undefined));
  return all;
}

const codeOf = (messages: readonly TransferMessage[]) =>
  messages.flatMap((message) => (message.say === "closed" ? [message.failure.code] : [])).join();

test("an instruction that the control device has not given again for long lets nobody in, until it is given again", async () => {
  for (const direction of BOTH) {
    const stage = await waiting(direction);
    const { listener } = endsOf(stage, direction);
    const { instruct } = listener;
    // The control device is cut off, or has ended the run and cannot say so.
    const given: Instruction[] = [];
    listener.instruct = async (instruction) => void given.push(instruction);
    const ask = async (): Promise<Channel> => {
      const channel = await dial(stage, direction);
      await channel.send(openIn(direction));
      return channel;
    };
    await stage.time.advance(INSTRUCTION_MS_MAX - 10_000);
    const early = await ask();
    assert.equal(await said(stage, early), "opened", direction);
    early.close("gone");
    await stage.time.advance(20_000);
    const refused = await heard(stage, await ask());
    assert.equal(codeOf(refused), "unreachable", "what a later attempt may mend");
    assert.equal(refused.length, 1, "nothing of the data was said");
    const again = given.find(({ order }) => order.step === DIRECTIONS[direction].listens.step);
    assert.ok(again);
    await instruct(again);
    const late = await ask();
    assert.equal(await said(stage, late), "opened", direction);
    late.close("gone");
  }
});

test("only the peer that the open instruction names is served, for that service, epoch and direction", async () => {
  for (const direction of BOTH) {
    const stage = await waiting(direction);
    const own = DIALLER[direction];
    const strangers: readonly (readonly [Peer, object])[] = [
      [{ ...own, cluster: "north" }, {}],
      [{ ...own, agent: "agent-other" }, {}],
      [{ ...own, fingerprint: "0".repeat(64) }, {}],
      [agentOf(direction === "push" ? "west" : "east"), {}],
      [own, { service: "payroll" }],
      [own, { epoch: 2 }],
      [own, { direction: direction === "push" ? "pull" : "push" }],
    ];
    for (const [self, change] of strangers) {
      const channel = await dial(stage, direction, self);
      await channel.send({ ...openIn(direction), ...change });
      const heardOf = await heard(stage, channel);
      assert.equal(codeOf(heardOf), "not-allowed", JSON.stringify([direction, self, change]));
      assert.equal(heardOf.length, 1, "nothing of the data was said");
    }
    for (const self of [{ kind: "stranger" }, { kind: "control", id: "c", fingerprint: "f" }] as const) {
      const channel = await dial(stage, direction, self);
      await channel.send(openIn(direction)).catch(() => undefined);
      assert.deepEqual(await heard(stage, channel), [], self.kind);
    }
    assert.deepEqual(stage.sites.target.target.written, []);
  }
});

test("a run that no open instruction names may only be early: the peer is to come again", async () => {
  for (const direction of BOTH) {
    const stage = await waiting(direction);
    const channel = await dial(stage, direction);
    await channel.send({ ...openIn(direction), run: "run-9" });
    assert.equal(codeOf(await heard(stage, channel)), "unreachable");
  }
});

test("who says nothing, or something else first, is cut off", async () => {
  for (const direction of BOTH) {
    const stage = await waiting(direction);
    const { listener } = endsOf(stage, direction);
    const silent = await dial(stage, direction);
    const beganMs = stage.time.nowMs;
    assert.deepEqual(await heard(stage, silent), []);
    assert.ok(stage.time.nowMs - beganMs >= 10_000 && stage.time.nowMs - beganMs < 12_000);
    for (const first of [{ say: "opened" }, { say: "plan", moved: MOVED }, { say: "shutdown" }, 7]) {
      const channel = await dial(stage, direction);
      await channel.send(first);
      assert.deepEqual(await heard(stage, channel), []);
    }
    assert.ok(listener.logged.some((line) => line.includes("transfer ended")));
  }
});

async function opened(stage: Stage): Promise<Channel> {
  const channel = await dial(stage, "push");
  await channel.send(openIn("push"));
  await channel.send({ say: "plan", moved: MOVED });
  for (const due of ["opened", "planned"]) assert.equal(await said(stage, channel), due);
  return channel;
}

const file = (number: number) => ({
  say: "file",
  channel: number,
  number,
  entry,
  at: { top: number, relative: "" },
});

test("more files at once than agreed, one file twice, content beyond the window, or of nothing: a breach, told and ended", async () => {
  const breaches: readonly (readonly [string, (channel: Channel) => Promise<unknown>])[] = [
    [
      "files",
      async (channel) => {
        for (let number = 1; number <= FILES_IN_FLIGHT_MAX + 1; number++) await channel.send(file(number));
      },
    ],
    [
      "twice",
      async (channel) => {
        await channel.send(file(1));
        await channel.send(file(1));
      },
    ],
    [
      "window",
      async (channel) => {
        await channel.send(file(1));
        const part = new Uint8Array(CONTENT_BYTES_MAX);
        for (let sent = 0; sent <= FILE_WINDOW_BYTES_MAX; sent += part.length)
          await channel.sendBytes(1, part);
      },
    ],
    ["content of nothing", (channel) => channel.sendBytes(5, Uint8Array.of(1))],
    ["end of nothing", (channel) => channel.send({ say: "end", channel: 5, sha256: "a".repeat(64) })],
    ["not the sender's word", (channel) => channel.send({ say: "want", channel: 1 })],
    ["a path that leads out", (channel) => channel.send({ ...file(1), at: { top: 1, relative: "../../x" } })],
    [
      "finish too early",
      async (channel) => {
        await channel.send(file(1));
        await channel.send({
          say: "finish",
          manifest: { sha256: "a".repeat(64), files: 0, directories: 0, bytes: 0 },
        });
      },
    ],
  ];
  for (const direction of BOTH) {
    for (const [name, breach] of breaches) {
      const { stage, channel } = await sendingTo(direction);
      // A disk that takes nothing in: what is sent stays in the window.
      stage.sites.target.target.fault = (call) =>
        call === "write" ? new Promise(() => undefined) : undefined;
      breach(channel).catch(() => undefined);
      assert.equal(codeOf(await heard(stage, channel)), "protocol", `${direction}: ${name}`);
    }
  }
});

test("a peer that comes again takes the place of its earlier stream, and never two write at once", async () => {
  const stage = await waiting("push");
  const { target } = stage.sites.target;
  let writing = 0;
  let most = 0;
  const gates: PromiseWithResolvers<void>[] = [];
  const { write } = target;
  target.write = async (...given) => {
    most = Math.max(most, ++writing);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    try {
      await gate.promise;
      return await write(...given);
    } finally {
      writing--;
    }
  };
  const first = await opened(stage);
  await first.send(file(1));
  await stage.time.settle();
  const again = [await dial(stage, "push"), await dial(stage, "push")];
  for (const channel of again) await channel.send(openIn("push"));
  await stage.time.settle();
  for (const gate of gates) gate.resolve();
  await stage.time.settle();
  const [second, third] = again as [Channel, Channel];
  assert.deepEqual(await heard(stage, second), [], "replaced before its turn came");
  assert.equal(await said(stage, third), "opened");
  assert.equal(most, 1);
});

test("a target that comes again takes the place of its earlier stream, and the source sends on one at a time", async () => {
  const stage = await waiting("pull");
  const first = await dial(stage, "pull");
  await first.send(openIn("pull"));
  assert.deepEqual([await said(stage, first), await said(stage, first)], ["opened", "plan"]);
  await first.send({ say: "planned" });
  assert.equal(await said(stage, first), "file");
  const again = [await dial(stage, "pull"), await dial(stage, "pull")];
  for (const channel of again) await channel.send(openIn("pull"));
  await stage.time.settle();
  const [second, third] = again as [Channel, Channel];
  assert.deepEqual(await heard(stage, second), [], "replaced before its turn came");
  assert.deepEqual([await said(stage, third), await said(stage, third)], ["opened", "plan"]);
});

test("manifests that differ at the end make no snapshot of it", async () => {
  for (const direction of BOTH) {
    const { stage, channel } = await sendingTo(direction);
    await channel.send({
      say: "finish",
      manifest: { sha256: "a".repeat(64), files: 0, directories: 0, bytes: 0 },
    });
    assert.equal(codeOf(await heard(stage, channel)), "not-equal", direction);
  }
});
