/** An NTP server over UDP. Its name is resolved once and kept while it answers; every question has its own port and its own cookie. */
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { formatNtp, parseNtp } from "@coeval/core/clock/source-name";
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Random } from "@coeval/core/ports/random";
import type { TimeExchange, TimeRefusal, TimeSource } from "@coeval/core/ports/time-source";
import { type Answer, COOKIE_BYTES, decodeAnswer, encodeQuestion, type Kiss } from "./packet.ts";

/** An answer that takes longer bounds nothing. */
export const ANSWER_MS_MAX = 2000;
/** Resolving a name may take so long. */
const RESOLVE_MS_MAX = 5000;
/** Questions in a row without an answer after which the name is resolved anew. */
export const SILENT_MAX = 3;
/** Datagrams that answer nothing, until the question is given up: somebody is guessing. */
const STRAY_MAX = 32;

export interface TimeSourceWorld {
  readonly clock: Clock;
  readonly random: Random;
  /** The addresses of a name, for tests; the system's resolver without it. */
  readonly resolve?: (host: string) => Promise<string>;
}

interface Heard {
  readonly answer: Answer | Kiss;
  readonly askedElapsedMs: number;
  readonly answeredElapsedMs: number;
}

/** @throws CoevalError `bad-input` when `url` is not `ntp://HOST[:PORT]`. */
export function openTimeSource(world: TimeSourceWorld, url: string): TimeSource {
  const { host, port } = parseNtp(url);
  const asked = formatNtp(url);
  const resolve = world.resolve ?? systemLookup;
  let address: string | null = isIP(host) ? host : null;
  let silent = 0;

  async function exchange(cancel?: AbortSignal): Promise<TimeExchange | TimeRefusal> {
    cancel?.throwIfAborted();
    address ??= await inTime(world.clock, `the name ${host}`, resolve(host));
    const place = isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
    try {
      const { answer, ...elapsed } = await ask(world, address, port, cancel);
      silent = 0;
      if (answer.kind === "refused") return { ...answer, address: place };
      const { referenceId, stratum, receivedMs, transmittedMs, precisionMs } = answer;
      const utcErrorMs = answer.rootDelayMs / 2 + answer.rootDispersionMs;
      const server = { asked, address: place, referenceId, stratum, utcErrorMs };
      return { kind: "time", server, ...elapsed, receivedMs, transmittedMs, precisionMs };
    } catch (thrown) {
      cancel?.throwIfAborted();
      if (++silent >= SILENT_MAX && !isIP(host)) {
        address = null;
        silent = 0;
      }
      const where = place === asked.slice("ntp://".length) ? "" : ` at ${place}`;
      throw new CoevalError("clock-source", `${asked}${where}: ${toFailure(thrown).message}`, {
        cause: thrown,
      });
    }
  }
  return { exchange };
}

/** One question and what answers it. The socket is connected: the kernel hands over what comes from that server alone. */
function ask(world: TimeSourceWorld, host: string, port: number, cancel?: AbortSignal): Promise<Heard> {
  const { clock, random } = world;
  const cookie = random.bytes(COOKIE_BYTES);
  const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
  return new Promise<Heard>((resolve, reject) => {
    let askedElapsedMs = 0;
    let strays = 0;
    const timer = setTimeout(
      () => reject(new CoevalError("clock-source", `no answer within ${ANSWER_MS_MAX} ms`)),
      ANSWER_MS_MAX,
    );
    const abort = (): void => reject(cancel?.reason);
    cancel?.addEventListener("abort", abort, { once: true });
    socket.on("close", () => {
      clearTimeout(timer);
      cancel?.removeEventListener("abort", abort);
    });
    socket.on("error", (error) => reject(new CoevalError("clock-source", error.message, { cause: error })));
    socket.on("message", (bytes) => {
      const answeredElapsedMs = clock.elapsedMs();
      try {
        const answer = decodeAnswer(bytes, cookie);
        if (answer) resolve({ answer, askedElapsedMs, answeredElapsedMs });
        else if (++strays >= STRAY_MAX)
          reject(new CoevalError("clock-source", `${strays} datagrams came that answer nothing`));
      } catch (thrown) {
        reject(thrown);
      }
    });
    socket.connect(port, host, () => {
      askedElapsedMs = clock.elapsedMs();
      socket.send(encodeQuestion(cookie));
    });
  }).finally(() => socket.close());
}

async function systemLookup(host: string): Promise<string> {
  return (await lookup(host)).address;
}

/** The resolver of the system has no time-out of its own that is short enough. */
async function inTime(clock: Clock, what: string, work: Promise<string>): Promise<string> {
  const over = new AbortController();
  try {
    const late = clock.sleep(RESOLVE_MS_MAX, over.signal).then(() => {
      throw new CoevalError("clock-source", `${what} was not resolved within ${RESOLVE_MS_MAX} ms`);
    });
    return await Promise.race([work, late]);
  } catch (thrown) {
    if (thrown instanceof CoevalError) throw thrown;
    throw new CoevalError("clock-source", `${what} is not resolved: ${toFailure(thrown).message}`, {
      cause: thrown,
    });
  } finally {
    over.abort();
  }
}
