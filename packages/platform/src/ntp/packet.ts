/** NTP version 4 on the wire (RFC 5905, section 7.3): the question of a client, and the answer of a server, read strictly. */
import { CoevalError } from "@coeval/core/errors";

/** Without extension fields and authentication, which a plain question is never answered with. */
export const PACKET_BYTES = 48;
/** Bytes of the transmit timestamp, which a server gives back as origin. */
export const COOKIE_BYTES = 8;

const VERSION = 4;
const MODE_CLIENT = 3;
const MODE_SERVER = 4;
const LEAP_UNSYNCHRONISED = 3;
const STRATUM_MAX = 15;
/** Beyond this distance a server is not synchronised (RFC 5905, MAXDISP). */
const ROOT_DISTANCE_MS_MAX = 16_000;
/** Seconds from 1900, where NTP's first era begins, to 1970. */
const UNIX_SECONDS = 2_208_988_800;
const ERA_SECONDS = 2 ** 32;
/** Timestamps whose first bit is 0 are of the second era, which begins in 2036 (RFC 4330, section 3): good from 1968 to 2104. */
const FIRST_ERA_SECONDS_MIN = 2 ** 31;

const ORIGIN_AT = 24;
const RECEIVE_AT = 32;
const TRANSMIT_AT = 40;

/** What a synchronised server said. */
export interface Answer {
  readonly kind: "time";
  readonly stratum: number;
  readonly referenceId: string;
  readonly rootDelayMs: number;
  readonly rootDispersionMs: number;
  readonly precisionMs: number;
  /** Ms since 1970. */
  readonly receivedMs: number;
  readonly transmittedMs: number;
}

/** A kiss of death: its four letters. */
export interface Kiss {
  readonly kind: "refused";
  readonly code: string;
}

/** A question tells nothing of this machine: all zero but for the cookie, which makes forged answers as unlikely as guessing 64 bits. */
export function encodeQuestion(cookie: Uint8Array): Uint8Array {
  if (cookie.length !== COOKIE_BYTES) throw new RangeError(`a cookie of ${cookie.length} bytes`);
  const packet = new Uint8Array(PACKET_BYTES);
  packet[0] = (VERSION << 3) | MODE_CLIENT;
  packet.set(cookie, TRANSMIT_AT);
  return packet;
}

/**
 * Reads what came for a question; null for what does not answer it, which anybody may have sent.
 * @throws CoevalError `clock-source` when the server is not synchronised, or says what cannot be.
 */
export function decodeAnswer(packet: Uint8Array, cookie: Uint8Array): Answer | Kiss | null {
  if (packet.length !== PACKET_BYTES) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const first = view.getUint8(0);
  if (((first >> 3) & 7) !== VERSION || (first & 7) !== MODE_SERVER) return null;
  if (cookie.some((byte, i) => byte !== packet[ORIGIN_AT + i])) return null;
  const stratum = view.getUint8(1);
  const reference = packet.subarray(12, 16);
  if (stratum === 0 && isKiss(reference)) return { kind: "refused", code: letters(reference) };
  const rootDelayMs = shortMs(view, 4);
  const rootDispersionMs = shortMs(view, 8);
  if (
    first >> 6 === LEAP_UNSYNCHRONISED ||
    stratum === 0 ||
    stratum > STRATUM_MAX ||
    rootDelayMs / 2 + rootDispersionMs >= ROOT_DISTANCE_MS_MAX
  )
    throw new CoevalError("clock-source", `it is not synchronised (stratum ${stratum})`);
  const receivedMs = instantMs(view, RECEIVE_AT);
  const transmittedMs = instantMs(view, TRANSMIT_AT);
  if (receivedMs === null || transmittedMs === null || transmittedMs < receivedMs)
    throw new CoevalError("clock-source", "its timestamps cannot be: it answered before it was asked");
  return {
    kind: "time",
    stratum,
    referenceId: stratum === 1 ? letters(reference) : hex(reference),
    rootDelayMs,
    rootDispersionMs,
    precisionMs: 2 ** view.getInt8(3) * 1000,
    receivedMs,
    transmittedMs,
  };
}

/** Ms since 1970 of a 64-bit timestamp; null for zero, which means unknown. */
function instantMs(view: DataView, at: number): number | null {
  const seconds = view.getUint32(at);
  const fraction = view.getUint32(at + 4);
  if (seconds === 0 && fraction === 0) return null;
  const era = seconds >= FIRST_ERA_SECONDS_MIN ? 0 : ERA_SECONDS;
  return (seconds + era - UNIX_SECONDS) * 1000 + (fraction / 2 ** 32) * 1000;
}

/** Ms of a 32-bit short format: 16 bits of seconds, 16 of their fraction. */
function shortMs(view: DataView, at: number): number {
  return (view.getUint32(at) / 2 ** 16) * 1000;
}

/** Four capitals; a chronyd that follows nothing says stratum 0 as well, with zeros here. */
function isKiss(reference: Uint8Array): boolean {
  return reference.every((byte) => byte >= 0x41 && byte <= 0x5a);
}

/** ASCII letters, as a reference clock or a kiss names itself; anything else in hex. */
function letters(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes).replace(/\0+$/, "");
  return /^[!-~]{1,4}$/.test(text) ? text : hex(bytes);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();
}
