/** An authority and parties that it certified, for tests on real sockets. */
import type { Log, LogFields } from "@coeval/core/ports/log";
import type { Stream } from "@coeval/core/ports/network";
import { type Authority, createAuthority, openAuthority } from "../authority.ts";
import { createClock } from "../clock.ts";
import { createKey, createRequest, type Identity } from "../identity.ts";
import { createRandom } from "../random.ts";

export interface Parties {
  readonly authority: Authority;
  /** The authority's file. */
  readonly text: string;
  control(id?: string): Promise<Identity>;
  agent(cluster?: string, agent?: string, key?: string): Promise<Identity>;
}

/** `ageMs`: everything was made that long ago. */
export async function createParties(options: { ageMs?: number; text?: string } = {}): Promise<Parties> {
  const clock = createClock();
  const world = { random: createRandom(), clock: { nowMs: () => clock.nowMs() - (options.ageMs ?? 0) } };
  const text = options.text ?? (await createAuthority(world, "test"));
  const authority = await openAuthority(world, text);
  return {
    authority,
    text,
    async control(id = "control-1") {
      const key = createKey();
      const { certificate } = await authority.certifyControl(id, key);
      return { key, certificate, authority: authority.certificate };
    },
    async agent(cluster = "berlin", agent = "agent-1", key = createKey()) {
      const { certificate } = await authority.certifyAgent({ cluster, agent }, await createRequest(key));
      return { key, certificate, authority: authority.certificate };
    },
  };
}

/** A log that is kept. */
export function keptLog(): Log & { readonly lines: { event: string; fields: LogFields }[] } {
  const lines: { event: string; fields: LogFields }[] = [];
  const keep = (event: string, fields: LogFields = {}) => void lines.push({ event, fields });
  return { info: keep, warn: keep, error: keep, lines };
}

/** Everything up to the peer's end. */
export async function readAll(stream: Stream): Promise<string> {
  const parts: Uint8Array[] = [];
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) parts.push(bytes);
  return Buffer.concat(parts).toString();
}

/** Writes the text and ends. */
export async function say(stream: Stream, text: string): Promise<void> {
  await stream.write(Buffer.from(text));
  stream.close("said");
}
