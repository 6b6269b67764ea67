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
/** A buffer for what is held that is kept for the next. */
const KEPT_BYTES_MAX = 64 * 1024;
const NOTHING = new Uint8Array(0);
const KIND_JSON = 1;
const KIND_BYTES = 2;

/**
 * One message, or bytes of one channel: a part of a bytes frame, as the stream brought it; where frames of content begin and end means
 * nothing. `content` points into the stream's own bytes: copy what is kept.
 */
export type Frame =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "bytes"; readonly channel: number; readonly content: Uint8Array };

/** The bytes of a JSON frame. @throws CoevalError `too-large` beyond JSON_BYTES_MAX. */
export function encodeJson(value: unknown): Uint8Array {
  const payload = new TextEncoder().encode(JSON.stringify(value));
  if (payload.length > JSON_BYTES_MAX) {
    throw new CoevalError("too-large", `a message of ${payload.length} bytes; ${JSON_BYTES_MAX} at most`);
  }
  const out = new Uint8Array(HEADER_BYTES + payload.length);
  writeHeader(new DataView(out.buffer), KIND_JSON, payload.length);
  out.set(payload, HEADER_BYTES);
  return out;
}

/** What a bytes frame of so much content takes. */
export const bytesFrameBytes = (contentBytes: number): number => HEADER_BYTES + CHANNEL_BYTES + contentBytes;

/**
 * Writes a bytes frame that holds the pieces one after the other to the beginning of `into`; those bytes of it. `channel`: u32.
 * @param into at least `bytesFrameBytes` of the pieces together.
 * @throws CoevalError `too-large` beyond CONTENT_BYTES_MAX.
 */
export function encodeBytes(into: Uint8Array, channel: number, pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length > CONTENT_BYTES_MAX) throw new CoevalError("too-large", `${length} bytes in one frame`);
  const view = new DataView(into.buffer, into.byteOffset);
  writeHeader(view, KIND_BYTES, length + CHANNEL_BYTES);
  view.setUint32(HEADER_BYTES, channel);
  let at = HEADER_BYTES + CHANNEL_BYTES;
  for (const piece of pieces) {
    into.set(piece, at);
    at += piece.length;
  }
  return into.subarray(0, at);
}

/** Takes stream bytes as they come and gives messages whole, content as it comes. Holds at most one message's bytes, however small the pieces. */
export interface FrameDecoder {
  /** @throws CoevalError `protocol` for an unknown kind, a length beyond the bound, or a payload that is no JSON; and from then on always. */
  push(bytes: Uint8Array): Frame[];
  /** True when bytes of an unfinished frame are held. */
  readonly unfinished: boolean;
}

/** A new decoder for one direction of one stream. */
export function frameDecoder(): FrameDecoder {
  const held = createHold();
  let wantedBytes = HEADER_BYTES;
  /** The bytes frame whose content comes now, and how much of it is to come. */
  let channel = 0;
  let contentBytes = 0;
  let broken: { readonly cause: unknown } | null = null;

  /** What must be there before something can be given: a message whole, of content its channel. */
  const wanted = (unit: Uint8Array): number => {
    if (unit.length < HEADER_BYTES) return HEADER_BYTES;
    const payloadBytes = checkHeader(unit);
    return HEADER_BYTES + (unit[4] === KIND_BYTES ? CHANNEL_BYTES : payloadBytes);
  };
  /** Of what is wanted, a message or the head of content. */
  const decode = (unit: Uint8Array): Frame | null => {
    if (unit[4] !== KIND_BYTES) return { kind: "json", value: parseJson(unit.subarray(HEADER_BYTES)) };
    const view = new DataView(unit.buffer, unit.byteOffset);
    channel = view.getUint32(HEADER_BYTES);
    contentBytes = view.getUint32(0) - CHANNEL_BYTES;
    return contentBytes === 0 ? { kind: "bytes", channel, content: NOTHING } : null;
  };

  const take = (bytes: Uint8Array): Frame[] => {
    const frames: Frame[] = [];
    let data = bytes;
    while (data.length > 0) {
      if (contentBytes > 0) {
        const content = data.subarray(0, contentBytes);
        contentBytes -= content.length;
        frames.push({ kind: "bytes", channel, content });
        data = data.subarray(content.length);
        continue;
      }
      const isHeld = held.bytes > 0;
      let unit = data;
      if (isHeld) {
        const more = data.subarray(0, wantedBytes - held.bytes);
        unit = held.add(more, wantedBytes);
        data = data.subarray(more.length);
      }
      wantedBytes = wanted(unit);
      if (unit.length < wantedBytes) {
        if (isHeld) continue;
        held.add(unit, wantedBytes);
        break;
      }
      const frame = decode(unit.subarray(0, wantedBytes));
      if (frame !== null) frames.push(frame);
      if (!isHeld) data = data.subarray(wantedBytes);
      held.clear();
      wantedBytes = HEADER_BYTES;
    }
    return frames;
  };

  return {
    get unfinished() {
      return held.bytes > 0 || contentBytes > 0;
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

/** The beginning of a message, copied into one buffer that grows with what really came: a header alone reserves nothing. */
function createHold() {
  let buffer: Uint8Array = NOTHING;
  let used = 0;
  return {
    get bytes() {
      return used;
    },
    /** All that is held now. */
    add(bytes: Uint8Array, wantedBytes: number): Uint8Array {
      const needBytes = used + bytes.length;
      if (needBytes > buffer.length) {
        const grown = new Uint8Array(Math.max(needBytes, Math.min(wantedBytes, needBytes * GROWTH)));
        grown.set(buffer.subarray(0, used));
        buffer = grown;
      }
      buffer.set(bytes, used);
      used = needBytes;
      return buffer.subarray(0, used);
    },
    clear(): void {
      used = 0;
      if (buffer.length > KEPT_BYTES_MAX) buffer = NOTHING;
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

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (cause) {
    throw new CoevalError("protocol", "a message that is no JSON", { cause });
  }
}

function writeHeader(view: DataView, kind: number, payloadBytes: number): void {
  view.setUint32(0, payloadBytes);
  view.setUint8(4, kind);
}
