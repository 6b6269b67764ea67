/**
 * Frames: how messages and bytes travel on a stream, on both links alike. A frame is its payload's length (u32, big endian),
 * its kind (u8), and the payload. JSON frames hold one message; bytes frames hold a channel number (u32) and content.
 * Lengths are bounded before anything is allocated.
 */
import { CoevalError } from "@coeval/core/errors";

/** Payload of a JSON frame at most. */
export const JSON_BYTES_MAX = 1024 * 1024;
/** Content of a bytes frame at most. */
export const CONTENT_BYTES_MAX = 256 * 1024;
const HEADER_BYTES = 5;
const CHANNEL_BYTES = 4;
/** How much further than needed the held bytes' buffer grows at once. */
const GROWTH = 4;
const NOTHING = new Uint8Array(0);
const KIND_JSON = 1;
const KIND_BYTES = 2;

/** One message, or bytes of one channel. `content` points into the stream's own bytes: copy what is kept. */
export type Frame =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "bytes"; readonly channel: number; readonly content: Uint8Array };

/** The bytes of a JSON frame. @throws CoevalError `too-large` beyond JSON_BYTES_MAX. */
export function encodeJson(value: unknown): Uint8Array {
  const payload = new TextEncoder().encode(JSON.stringify(value));
  if (payload.length > JSON_BYTES_MAX) {
    throw new CoevalError("too-large", `a message of ${payload.length} bytes; ${JSON_BYTES_MAX} at most`);
  }
  return framed(KIND_JSON, payload.length, (out) => out.set(payload, HEADER_BYTES));
}

/** The bytes of a bytes frame that holds the pieces one after the other. `channel`: u32. @throws CoevalError `too-large` beyond CONTENT_BYTES_MAX. */
export function encodeBytes(channel: number, ...pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length > CONTENT_BYTES_MAX) throw new CoevalError("too-large", `${length} bytes in one frame`);
  return framed(KIND_BYTES, length + CHANNEL_BYTES, (out) => {
    new DataView(out.buffer).setUint32(HEADER_BYTES, channel);
    let at = HEADER_BYTES + CHANNEL_BYTES;
    for (const piece of pieces) {
      out.set(piece, at);
      at += piece.length;
    }
  });
}

/** Takes stream bytes as they come and gives whole frames. Holds at most one frame's bytes, however small the pieces. */
export interface FrameDecoder {
  /** @throws CoevalError `protocol` for an unknown kind, a length beyond the bound, or a payload that is no JSON; and from then on always. */
  push(bytes: Uint8Array): Frame[];
  /** True when bytes of an unfinished frame are held. */
  readonly unfinished: boolean;
}

/** A new decoder for one direction of one stream. */
export function frameDecoder(): FrameDecoder {
  let held: Uint8Array = NOTHING;
  let heldBytes = 0;
  let wantedBytes = HEADER_BYTES;
  let broken: { readonly cause: unknown } | null = null;

  /** Copies into one buffer that grows with what really came: a header alone reserves nothing. */
  const hold = (bytes: Uint8Array): void => {
    const needBytes = heldBytes + bytes.length;
    if (needBytes > held.length) {
      const grown = new Uint8Array(Math.max(needBytes, Math.min(wantedBytes, needBytes * GROWTH)));
      grown.set(held.subarray(0, heldBytes));
      held = grown;
    }
    held.set(bytes, heldBytes);
    heldBytes = needBytes;
  };

  const take = (bytes: Uint8Array): Frame[] => {
    let data = bytes;
    if (heldBytes > 0) {
      hold(bytes);
      if (heldBytes < wantedBytes) return [];
      // Frames will point into this buffer, so it is not filled again.
      data = held.subarray(0, heldBytes);
      held = NOTHING;
      heldBytes = 0;
    }
    const frames: Frame[] = [];
    for (;;) {
      wantedBytes = HEADER_BYTES + (data.length >= HEADER_BYTES ? checkHeader(data) : 0);
      if (data.length < wantedBytes) break;
      frames.push(decode(data.subarray(0, wantedBytes)));
      data = data.subarray(wantedBytes);
    }
    if (data.length > 0) hold(data);
    return frames;
  };

  return {
    get unfinished() {
      return heldBytes > 0;
    },
    push(bytes) {
      if (broken) throw broken.cause;
      try {
        return take(bytes);
      } catch (cause) {
        broken = { cause };
        throw cause;
      }
    },
  };
}

function checkHeader(data: Uint8Array): number {
  const length = new DataView(data.buffer, data.byteOffset).getUint32(0);
  const kind = data[4];
  const max =
    kind === KIND_JSON ? JSON_BYTES_MAX : kind === KIND_BYTES ? CONTENT_BYTES_MAX + CHANNEL_BYTES : -1;
  if (max < 0) throw new CoevalError("protocol", `a frame of unknown kind ${kind}`);
  if (length > max || (kind === KIND_BYTES && length < CHANNEL_BYTES)) {
    throw new CoevalError("protocol", `a frame that states ${length} bytes; ${max} at most`);
  }
  return length;
}

function decode(frame: Uint8Array): Frame {
  if (frame[4] === KIND_BYTES) {
    const channel = new DataView(frame.buffer, frame.byteOffset).getUint32(HEADER_BYTES);
    return { kind: "bytes", channel, content: frame.subarray(HEADER_BYTES + CHANNEL_BYTES) };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(frame.subarray(HEADER_BYTES));
    return { kind: "json", value: JSON.parse(text) };
  } catch (cause) {
    throw new CoevalError("protocol", "a message that is no JSON", { cause });
  }
}

function framed(
  kind: number,
  payloadBytes: number,
  fill: (out: Uint8Array<ArrayBuffer>) => void,
): Uint8Array {
  const out = new Uint8Array(HEADER_BYTES + payloadBytes);
  new DataView(out.buffer).setUint32(0, payloadBytes);
  out[4] = kind;
  fill(out);
  return out;
}
