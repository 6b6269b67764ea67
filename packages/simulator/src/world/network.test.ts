import assert from "node:assert/strict";
import { test } from "node:test";
import type { Peer, Stream } from "@coeval/core/ports/network";
import { drain } from "../drain.ts";
import { createLife } from "./life.ts";
import { createNet } from "./network.ts";
import { seedOf } from "./seed.ts";
import { createTimeline } from "./timeline.ts";

const EAST: Peer = { kind: "agent", cluster: "east", agent: "east", fingerprint: "e" };
const WEST: Peer = { kind: "agent", cluster: "west", agent: "west", fingerprint: "w" };

function setUp(seed = 1) {
  const timeline = createTimeline(drain);
  const net = createNet(timeline, seedOf(seed));
  const east = createLife("east", () => undefined);
  const west = createLife("west", () => undefined);
  /** Lets time pass until the work is over. */
  const play = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    const watched = work.finally(() => {
      over = true;
    });
    watched.catch(() => undefined);
    assert.ok(await timeline.run(() => over, timeline.nowMs + 60_000), "it never ended");
    return await watched;
  };
  const connected = async (): Promise<[Stream, Stream]> => {
    const accepted = Promise.withResolvers<Stream>();
    const { address } = await net.of(west, WEST).listen("west:0", accepted.resolve);
    const stream = await net.of(east, EAST).connect(address);
    return [stream, await accepted.promise];
  };
  return { timeline, net, east, west, play, connected };
}

async function readAll(stream: Stream): Promise<string> {
  let text = "";
  for (;;) {
    const bytes = await stream.read();
    if (!bytes) return text;
    text += new TextDecoder().decode(bytes);
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);

test("what is written comes in order, with the writer's identity, and ends", async () => {
  const { play, connected } = setUp();
  const read = async () => {
    const [stream, accepted] = await connected();
    assert.deepEqual(accepted.peer, EAST);
    assert.deepEqual(stream.peer, WEST);
    for (let i = 0; i < 50; i++) await stream.write(bytes(`${i} `));
    stream.close("done");
    return readAll(accepted);
  };
  assert.equal(await play(read()), Array.from({ length: 50 }, (_, i) => `${i} `).join(""));
});

test("another peer than expected is refused, and so is an address where nobody listens", async () => {
  const { net, east, west, play } = setUp();
  const expected = { kind: "agent", cluster: "west", agent: "west", fingerprint: "other" } as const;
  const dial = async (known: boolean) => {
    const { address } = await net.of(west, WEST).listen("west:0", () => undefined);
    return net.of(east, EAST).connect(known ? address : "west:1", undefined, expected);
  };
  await assert.rejects(play(dial(true)), { code: "peer-not-trusted" });
  await assert.rejects(play(dial(false)), { code: "unreachable" });
});

test("a writer waits while nobody reads", async () => {
  const { timeline, play, connected } = setUp();
  const [stream, accepted] = await play(connected());
  let written = 0;
  const write = async () => {
    for (let i = 0; i < 100; i++) {
      await stream.write(new Uint8Array(10_000));
      written++;
    }
    stream.close("done");
  };
  const writing = write();
  await timeline.run(() => false, timeline.nowMs + 1000);
  assert.ok(written < 20, `${written} were written`);
  await play(readAll(accepted));
  await play(writing);
  assert.equal(written, 100);
});

test("a process's death reaches its peer, and its own streams never settle again", async () => {
  const { east, play, connected } = setUp(3);
  const [stream, accepted] = await play(connected());
  let settled = false;
  stream
    .read()
    .finally(() => (settled = true))
    .catch(() => undefined);
  east.crash();
  const heard = await play(
    accepted.read().then(
      () => "end",
      () => "broken",
    ),
  );
  assert.ok(["end", "broken"].includes(heard));
  assert.equal(settled, false);
});

test("a partition holds what is sent one way, and lets the other way through", async () => {
  const { timeline, net, play, connected } = setUp();
  const [stream, accepted] = await play(connected());
  net.cut("east", "west");
  await play(stream.write(bytes("held")));
  await play(accepted.write(bytes("through")));
  assert.equal(new TextDecoder().decode((await play(stream.read())) ?? undefined).length > 0, true);
  let heard = "";
  const hearing = accepted.read().then((chunk) => {
    heard = new TextDecoder().decode(chunk ?? undefined);
  });
  await timeline.run(() => false, timeline.nowMs + 5000);
  assert.equal(heard, "");
  net.mend("east", "west");
  await play(hearing);
  assert.ok("held".startsWith(heard) && heard !== "");
});

test("a connection that breaks rejects on both sides", async () => {
  const { net, play, connected } = setUp();
  const [stream, accepted] = await play(connected());
  assert.equal(net.breakBetween("west", "east"), 1);
  await assert.rejects(play(stream.read()), { code: "unreachable" });
  await assert.rejects(play(accepted.read()), { code: "unreachable" });
});

test("a certificate that has run out opens no stream, whoever dials; one that is open goes on, and a renewal mends it", async () => {
  const { play, connected, net } = setUp();
  const story = async () => {
    const [stream, accepted] = await connected();
    for (const machine of ["east", "west"]) {
      net.expire(machine);
      await assert.rejects(connected(), {
        code: "peer-not-trusted",
        message: new RegExp(`${machine} is not valid`),
      });
      net.renew(machine);
    }
    await stream.write(bytes("still here"));
    stream.close("done");
    const [again] = await connected();
    again.close("done");
    return readAll(accepted);
  };
  assert.equal(await play(story()), "still here");
});
