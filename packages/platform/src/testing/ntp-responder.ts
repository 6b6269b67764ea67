/** An NTP server in a few lines, as wrong as a test wants it; real ones are in chronyd.real.test.ts. */
import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";

/** What it answers with; what is not given is as of a good server. */
export interface Reply {
  readonly first?: number;
  readonly stratum?: number;
  readonly reference?: string | readonly number[];
  readonly rootDelaySeconds?: number;
  /** Ms since 1970. */
  readonly receivedMs?: number;
  readonly transmittedMs?: number;
  readonly cookie?: Uint8Array;
}

const UNIX_SECONDS = 2_208_988_800;

/** 48 bytes that answer a question. */
export function replyTo(question: Uint8Array, reply: Reply = {}): Buffer {
  const packet = Buffer.alloc(48);
  packet[0] = reply.first ?? 0x24;
  packet[1] = reply.stratum ?? 2;
  packet.writeInt8(-20, 3);
  packet.writeUInt32BE(Math.round((reply.rootDelaySeconds ?? 0) * 65_536), 4);
  const reference = reply.reference ?? [127, 127, 1, 1];
  packet.set(typeof reference === "string" ? Buffer.from(reference) : reference, 12);
  packet.set(reply.cookie ?? question.subarray(40, 48), 24);
  writeInstant(packet, 32, reply.receivedMs ?? 1_800_000_000_000);
  writeInstant(packet, 40, reply.transmittedMs ?? reply.receivedMs ?? 1_800_000_000_000);
  return packet;
}

function writeInstant(packet: Buffer, at: number, ms: number): void {
  const seconds = Math.floor(ms / 1000) + UNIX_SECONDS;
  packet.writeUInt32BE(seconds % 2 ** 32, at);
  packet.writeUInt32BE(Math.floor((((ms % 1000) + 1000) % 1000) * 4_294_967.296) >>> 0, at + 4);
}

export interface Responder {
  readonly host: string;
  readonly port: number;
  readonly asked: () => number;
  close(): Promise<void>;
}

/** @param answer the datagrams that go back for a question, in order; none is silence. */
export async function startResponder(
  answer: (question: Buffer, number: number, from: RemoteInfo) => readonly Uint8Array[],
  host = "127.0.0.1",
): Promise<Responder> {
  const socket = createSocket("udp4");
  let asked = 0;
  socket.on("message", (question, from) => {
    for (const datagram of answer(question, ++asked, from)) socket.send(datagram, from.port, from.address);
  });
  socket.bind(0, host);
  await once(socket, "listening");
  return {
    host,
    port: socket.address().port,
    asked: () => asked,
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };
}

export interface Shifted extends Responder {
  /** How far its time is ahead of the real one's; whole seconds. */
  seconds: number;
}

/** A server that passes every question on to a real one on 127.0.0.1, and answers with its time moved. */
export async function startShifted(port: number, seconds: number, host = "127.0.0.1"): Promise<Shifted> {
  const near = createSocket("udp4");
  const far = createSocket("udp4");
  const askers = new Map<string, RemoteInfo>();
  let asked = 0;
  near.on("message", (question, from) => {
    asked++;
    askers.set(question.subarray(40, 48).toString("hex"), from);
    far.send(question, port, "127.0.0.1");
  });
  far.on("message", (answer) => {
    const cookie = answer.subarray(24, 32).toString("hex");
    const from = askers.get(cookie);
    askers.delete(cookie);
    if (!from) return;
    for (const at of [16, 32, 40])
      answer.writeUInt32BE((answer.readUInt32BE(at) + shifted.seconds) >>> 0, at);
    near.send(answer, from.port, from.address);
  });
  near.bind(0, host);
  far.bind(0, "127.0.0.1");
  await Promise.all([once(near, "listening"), once(far, "listening")]);
  const shifted: Shifted = {
    seconds,
    host,
    port: near.address().port,
    asked: () => asked,
    async close() {
      near.close();
      far.close();
      await Promise.all([once(near, "close"), once(far, "close")]);
    },
  };
  return shifted;
}
