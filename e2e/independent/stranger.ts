// Speaks to the product's links without the product: TLS by node:tls, frames put together by hand. What a stranger with
// a stolen token or a forged certificate would do.
import { connect } from "node:tls";

export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

export interface Heard {
  /** JSON messages that came back. */
  readonly messages: readonly { readonly say?: string; readonly failure?: { readonly code?: string } }[];
  /** Why the connection ended, when it ended by itself. */
  readonly ended: string | null;
}

const JSON_FRAME = 1;
/** Before any frame the accepting end says in one byte whether it lets the other in. */
const VERDICT_BYTES = 1;
const HEADER_BYTES = 5;
const LISTEN_MS = 1500;
const HEARD_BYTES_MAX = 1024 * 1024;

/** Connects, says the messages, and listens until the other end closes, one message has come, or 1.5 s are over. */
export function approach(
  address: string,
  messages: readonly object[],
  credentials?: Credentials,
): Promise<Heard> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    // A stranger does not care whom it speaks to.
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ...credentials });
    let ended: string | null = null;
    const done = (why: string | null): void => {
      ended ??= why;
      clearTimeout(timer);
      socket.destroy();
      resolve({ messages: framesIn(bytes), ended });
    };
    const timer = setTimeout(() => done(null), LISTEN_MS);
    socket.once("secureConnect", () => {
      for (const message of messages) socket.write(frame(message));
    });
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (framesIn(bytes).length > 0 || bytes.length > HEARD_BYTES_MAX) done(null);
    });
    socket.once("error", (error) => done(error.message));
    socket.once("close", () => done("closed"));
  });
}

function frame(message: object): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(payload.length, 0);
  header.writeUInt8(JSON_FRAME, 4);
  return Buffer.concat([header, payload]);
}

function framesIn(bytes: Buffer): Heard["messages"][number][] {
  const messages: Heard["messages"][number][] = [];
  for (let at = VERDICT_BYTES; at + HEADER_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (at + HEADER_BYTES + length > bytes.length) break;
    const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    messages.push(JSON.parse(payload.toString("utf8")) as Heard["messages"][number]);
    at += HEADER_BYTES + length;
  }
  return messages;
}
