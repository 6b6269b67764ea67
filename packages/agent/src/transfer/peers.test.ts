import assert from "node:assert/strict";
import { test } from "node:test";
import type { Peer } from "@coeval/core/ports/network";
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
import { begin, createStage, type Stage } from "../testing/stage.ts";

const tree = randomTree(chanceOf(3), 10);
const OWN: Peer = {
  kind: "agent",
  cluster: "east",
  agent: "agent-east",
  fingerprint: digestOf("agent-east"),
};
const OPEN = { say: "open", run: "run-1", service: "billing", epoch: 1, baseManifestSha256: null } as const;
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

/** A secondary that waits for run-1's data; its own source is kept from sending. */
async function waiting(): Promise<Stage> {
  const stage = await createStage();
  const { instruct } = stage.sites.source;
  stage.sites.source.instruct = async (instruction) => {
    if (instruction.order.step !== "send-snapshots") await instruct(instruction);
  };
  begin(stage, "1", tree, null);
  await stage.time.settle();
  return stage;
}

async function dial(stage: Stage, self: Peer = OWN): Promise<Channel> {
  return channelOn(await stage.net.of(self).connect(stage.sites.target.address));
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

test("only the peer that the open instruction names is served, for that service and epoch", async () => {
  const stage = await waiting();
  const strangers: readonly (readonly [Peer, object])[] = [
    [{ ...OWN, cluster: "north" } as Peer, {}],
    [{ ...OWN, agent: "agent-other" } as Peer, {}],
    [{ ...OWN, fingerprint: "0".repeat(64) } as Peer, {}],
    [OWN, { service: "payroll" }],
    [OWN, { epoch: 2 }],
  ];
  for (const [self, change] of strangers) {
    const channel = await dial(stage, self);
    await channel.send({ ...OPEN, ...change });
    assert.equal(codeOf(await heard(stage, channel)), "not-allowed", JSON.stringify([self, change]));
  }
  for (const self of [{ kind: "stranger" }, { kind: "control", id: "c", fingerprint: "f" }] as const) {
    const channel = await dial(stage, self);
    await channel.send(OPEN).catch(() => undefined);
    assert.deepEqual(await heard(stage, channel), [], self.kind);
  }
  assert.deepEqual(stage.sites.target.target.written, []);
});

test("a run that no open instruction names may only be early: the peer is to come again", async () => {
  const stage = await waiting();
  const channel = await dial(stage);
  await channel.send({ ...OPEN, run: "run-9" });
  assert.equal(codeOf(await heard(stage, channel)), "unreachable");
});

test("who says nothing, or something else first, is cut off", async () => {
  const stage = await waiting();
  const silent = await dial(stage);
  const beganMs = stage.time.nowMs;
  assert.deepEqual(await heard(stage, silent), []);
  assert.ok(stage.time.nowMs - beganMs >= 10_000 && stage.time.nowMs - beganMs < 12_000);
  for (const first of [{ say: "opened" }, { say: "plan", moved: MOVED }, { say: "shutdown" }, 7]) {
    const channel = await dial(stage);
    await channel.send(first);
    assert.deepEqual(await heard(stage, channel), []);
  }
  assert.ok(stage.sites.target.logged.some((line) => line.includes("transfer ended")));
});

async function opened(stage: Stage): Promise<Channel> {
  const channel = await dial(stage);
  await channel.send(OPEN);
  await channel.send({ say: "plan", moved: MOVED });
  for (const due of ["opened", "planned"]) {
    const frame = await stage.time.until(channel.receive());
    assert.equal(frame?.kind === "json" && (frame.value as TransferMessage).say, due);
  }
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
  for (const [name, breach] of breaches) {
    const stage = await waiting();
    // A disk that takes nothing in: what is sent stays in the window.
    stage.sites.target.target.fault = (call) => (call === "write" ? new Promise(() => undefined) : undefined);
    const channel = await opened(stage);
    breach(channel).catch(() => undefined);
    assert.equal(codeOf(await heard(stage, channel)), "protocol", name);
  }
});

test("a peer that comes again takes the place of its earlier stream, and never two write at once", async () => {
  const stage = await waiting();
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
  const again = [await dial(stage), await dial(stage)];
  for (const channel of again) await channel.send(OPEN);
  await stage.time.settle();
  for (const gate of gates) gate.resolve();
  await stage.time.settle();
  const [second, third] = again as [Channel, Channel];
  assert.deepEqual(await heard(stage, second), [], "replaced before its turn came");
  const frame = await stage.time.until(third.receive());
  assert.equal(frame?.kind === "json" && (frame.value as TransferMessage).say, "opened");
  assert.equal(most, 1);
});

test("manifests that differ at the end make no snapshot of it", async () => {
  const stage = await waiting();
  const channel = await opened(stage);
  await channel.send({
    say: "finish",
    manifest: { sha256: "a".repeat(64), files: 0, directories: 0, bytes: 0 },
  });
  assert.equal(codeOf(await heard(stage, channel)), "not-equal");
});
