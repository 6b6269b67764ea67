import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { after, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import type { Stream } from "@coeval/core/ports/network";
import { formatAddress, parseAddress } from "./address.ts";
import { connectToEnrol } from "./enrolment.ts";
import { createTlsNetwork, type NetworkBounds } from "./network.ts";
import { createParties, keptLog } from "./testing/parties.ts";

const parties = await createParties();
const control = await parties.control();
const agent = await parties.agent();
const ends: (() => Promise<void>)[] = [];
after(() => Promise.all(ends.map((end) => end())));
const rejectsWith = (code: ErrorCode) => (thrown: unknown) =>
  thrown instanceof CoevalError && thrown.code === code;
const dialler = createTlsNetwork({ log: keptLog() }, { identity: agent });

async function door(bounds: Partial<NetworkBounds>) {
  const arrived: Stream[] = [];
  const log = keptLog();
  const network = createTlsNetwork({ log }, { identity: control, bounds });
  const listener = await network.listen("127.0.0.1:0", (stream) => void arrived.push(stream));
  ends.push(() => listener.close());
  return { listener, address: listener.address, arrived, log };
}

test("whoever speaks no TLS is cut off, and the next one comes in", async () => {
  const { address, arrived, log } = await door({ handshakesMax: 1 });
  for (let i = 0; i < 3; i++) {
    const socket = connect(parseAddress(address));
    socket.on("error", () => undefined);
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await once(socket, "close");
  }
  assert.equal(arrived.length, 0);
  assert.equal(log.lines.filter((line) => line.event === "handshake-failed").length, 3);
  (await dialler.connect(address)).close("came in");
});

test("a handshake that is never finished is cut off in time", async () => {
  const { address, arrived } = await door({ handshakeMsMax: 50 });
  const socket = connect(parseAddress(address));
  // A record header that promises more than ever comes.
  socket.write(Uint8Array.of(0x16, 3, 1, 2, 0));
  socket.on("error", () => undefined);
  await once(socket, "close");
  assert.equal(arrived.length, 0);
});

test("handshakes under way are bounded; those beyond are dropped; places come free again", async () => {
  const { address, log } = await door({ handshakesMax: 2 });
  const idle = [connect(parseAddress(address)), connect(parseAddress(address))];
  await Promise.all(idle.map((socket) => once(socket, "connect")));
  await assert.rejects(dialler.connect(address), rejectsWith("unreachable"));
  assert.ok(log.lines.some((line) => line.event === "connection-dropped"));
  for (const socket of idle) socket.destroy();
  // Their end is seen in its own time: the place is asked for until it is free.
  for (;;) {
    const stream = await dialler
      .connect(address)
      .catch((cause) => assert.ok(rejectsWith("unreachable")(cause)));
    if (stream) return stream.close("came in");
  }
});

test("connections in all are bounded", async () => {
  const { address, log } = await door({ connectionsMax: 1 });
  const stream = await dialler.connect(address);
  await assert.rejects(dialler.connect(address), rejectsWith("unreachable"));
  assert.ok(log.lines.some((line) => line.event === "connection-dropped"));
  stream.close("done");
});

test("strangers are few; agents are not hindered by them", async () => {
  const { address } = await door({ strangersMax: 1 });
  const first = tlsConnect({ ...parseAddress(address), rejectUnauthorized: false });
  assert.deepEqual((await once(first, "data"))[0], Buffer.of(1));
  await assert.rejects(enrol(address), rejectsWith("unreachable"), "the place is taken");
  (await dialler.connect(address)).close("an agent comes in");
  first.destroy();
});

test("a stranger does not stay", async () => {
  const { address, arrived } = await door({ strangerMsMax: 20 });
  const stranger = tlsConnect({ ...parseAddress(address), rejectUnauthorized: false });
  stranger.resume();
  await once(stranger, "end");
  await assert.rejects(async () => arrived[0]?.read(), /a stranger stays at most 20 ms/);
});

test("an own listener that is closed cuts its streams and takes no more", async () => {
  const { listener, address, arrived } = await door({});
  const stream = await dialler.connect(address);
  const idle = connect(parseAddress(address));
  await once(idle, "connect");
  idle.on("error", () => undefined);
  const reading = Promise.allSettled([stream.read(), arrived[0]?.read(), once(idle, "close")]);
  await listener.close();
  const [there, here] = await reading;
  assert.ok(there.status === "rejected" || there.value === null);
  assert.equal(here.status, "rejected");
  await assert.rejects(dialler.connect(address), rejectsWith("unreachable"));
});

test("a server that never answers, or is not ours, or is not there", async () => {
  const held: Socket[] = [];
  const silent = createServer((socket) => void held.push(socket));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = formatAddress(silent.address() as Parameters<typeof formatAddress>[0]);
  const hasty = createTlsNetwork({ log: keptLog() }, { identity: agent, bounds: { handshakeMsMax: 30 } });
  await assert.rejects(hasty.connect(address), /no handshake within 30 ms/);
  const cancel = new AbortController();
  const connecting = dialler.connect(address, cancel.signal);
  cancel.abort(new Error("not needed any more"));
  await assert.rejects(connecting, /not needed any more/);
  await assert.rejects(dialler.connect(address, cancel.signal), /not needed any more/);
  silent.removeAllListeners("connection");
  silent.on("connection", (socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await assert.rejects(dialler.connect(address), rejectsWith("peer-not-trusted"));
  for (const socket of held) socket.destroy();
  silent.close();
  await once(silent, "close");
  await assert.rejects(dialler.connect(address), rejectsWith("unreachable"));
});

test("addresses that are none, or are taken, say so", async () => {
  const { address } = await door({});
  for (const bad of ["", "host", "host:", "host:70000", "a b:1", "::1:5", "[::1]", "http://x:1"]) {
    await assert.rejects(dialler.connect(bad), rejectsWith("bad-input"), bad);
  }
  await assert.rejects(
    dialler.listen(address, () => undefined),
    /EADDRINUSE/,
  );
  assert.deepEqual(parseAddress("[::1]:7401"), { host: "::1", port: 7401 });
});

function enrol(address: string) {
  return connectToEnrol(address, parties.authority.fingerprint);
}
