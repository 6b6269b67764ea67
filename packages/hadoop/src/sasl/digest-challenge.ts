/** The text of DIGEST-MD5's challenges and responses: `name=value` and `name="value"`, separated by commas. Source: RFC
 * 2831, sections 2.1 and 7.1. */
import { SaslError } from "./sasl-error.ts";

/** Challenges are at most this long: RFC 2831, section 2.1.1. */
export const CHALLENGE_BYTES_MAX = 2048;

const DIRECTIVE = /[\s,]*([A-Za-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\[^])*)"|([^\s,"=]+))\s*(?=,|$)/y;

/** Directives by name; of one that comes twice (`realm`), all values. @throws SaslError `badChallenge`. */
export function parseDirectives(bytes: Uint8Array): ReadonlyMap<string, readonly string[]> {
  if (bytes.length > CHALLENGE_BYTES_MAX) {
    throw new SaslError(
      "badChallenge",
      `the server's challenge has ${bytes.length} bytes, more than the ${CHALLENGE_BYTES_MAX} allowed`,
    );
  }
  const text = utf8(bytes).replace(/[\s,]+$/, "");
  const found = new Map<string, string[]>();
  let at = 0;
  while (at < text.length) {
    DIRECTIVE.lastIndex = at;
    const match = DIRECTIVE.exec(text);
    if (match === null)
      throw new SaslError("badChallenge", `the server's challenge cannot be read from character ${at} on`);
    const [, name = "", quoted, plain = ""] = match;
    const value = quoted === undefined ? plain : quoted.replace(/\\([^])/g, "$1");
    found.set(name.toLowerCase(), [...(found.get(name.toLowerCase()) ?? []), value]);
    at = DIRECTIVE.lastIndex;
  }
  return found;
}

/** The value of a directive that may come once. */
export function single(directives: ReadonlyMap<string, readonly string[]>, name: string): string | null {
  const values = directives.get(name) ?? [];
  if (values.length > 1) throw new SaslError("badChallenge", `the server's challenge says ${name} twice`);
  return values[0] ?? null;
}

/** `"…"` with what must be escaped escaped. */
export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SaslError("badChallenge", "the server's challenge is not UTF-8", error);
  }
}
