import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { createTcp, type Tcp, type TcpStream } from "./tcp.ts";

let server: Server;
let tcp: Tcp;
let port: number;
const options = { connectMsMax: 5_000 };

before(async () => {
  server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  port = address.port;
  tcp = createTcp({ readAheadBytes: 64 * 1024 });
});
after(() => {
  tcp.close();
  server.close();
});

/** Both ends of a new connection. */
async function pair(): Promise<{ near: TcpStream; far: Socket }> {
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const near = await tcp.connect({ host: "127.0.0.1", port }, options);
  const [far] = await accepted;
  return { near, far };
}

async function readAll(near: TcpStream): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let piece = await near.read(); piece !== null; piece = await near.read()) {
    assert.equal(Buffer.isBuffer(piece), false, "slice() of a piece copies");
    pieces.push(piece.slice());
  }
  return Buffer.concat(pieces);
}

const broke = (kind: string) => (error: unknown) =>
  error instanceof Error && "streamFailure" in error && error.streamFailure === kind;

test("pieces arrive in order, and the peer's end is null", async () => {
  const { near, far } = await pair();
  far.resume();
  const heard: Buffer[] = [];
  far.on("data", (bytes: Buffer) => heard.push(bytes));
  await near.write(Buffer.from("ab"), Buffer.from(""), Buffer.from("cd"));
  await near.write(Buffer.from("ef"));
  const sent = Buffer.alloc(1_000_000, "0123456789");
  far.end(sent);
  assert.deepEqual(await readAll(near), sent);
  assert.equal(Buffer.concat(heard).toString(), "abcdef");
  near.close();
});

test("a writer waits while nobody reads, and goes on when somebody does", async () => {
  const { near, far } = await pair();
  const piece = Buffer.alloc(1024 * 1024);
  let written = 0;
  const writing = (async () => {
    for (; written < 64; written++) await near.write(piece);
  })();
  await new Promise((resolve) => server.getConnections(resolve));
  assert.ok(written < 64, "the kernel's buffers do not hold 64 MiB");
  let received = 0;
  far.on("data", (bytes: Buffer) => (received += bytes.length));
  far.resume();
  await writing;
  near.close();
  await once(far, "close");
  assert.ok(received > 32 * 1024 * 1024);
});

test("a lost connection fails reader and writer, an own close too", async () => {
  const lost = await pair();
  const reading = lost.near.read();
  lost.far.resetAndDestroy();
  await assert.rejects(reading, broke("reset"));
  await assert.rejects(lost.near.write(Buffer.from("x")), broke("reset"));
  const closed = await pair();
  const waiting = closed.near.read();
  closed.near.close();
  closed.near.close();
  await assert.rejects(waiting, broke("reset"));
  await assert.rejects(closed.near.read(), broke("reset"));
  closed.far.destroy();
});

test("where nobody listens, or nobody answers in time, the connection is refused; cancelling ends the wait", async () => {
  await assert.rejects(tcp.connect({ host: "127.0.0.1", port: 1 }, options), broke("refused"));
  // An address for documentation (RFC 5737): nobody answers, or there is no way to it.
  await assert.rejects(tcp.connect({ host: "192.0.2.1", port: 1 }, { connectMsMax: 20 }), broke("refused"));
  const reason = new Error("enough");
  const cancel = AbortSignal.abort(reason);
  await assert.rejects(tcp.connect({ host: "127.0.0.1", port }, { ...options, cancel }), reason);
});
