/** The place a NameNode sends us to for bytes. It is text from the network: only scheme, host, port and a target of
 * the right shape are taken from it. */
import type { Endpoint } from "./endpoint.ts";

export interface Location extends Endpoint {
  /** Path and query, percent-encoded throughout. */
  readonly target: string;
}

/** Null when `text` is no http or https location with a port.
 *
 * The NameNode writes it with `java.net.URI`, which leaves letters beyond ASCII as they are (seen: `/n/ü/f%20ü`);
 * they are percent-encoded here, what is encoded stays. */
export function parseLocation(text: string): Location | null {
  const match = /^(https?):\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})(\/[^#]*)$/s.exec(text);
  const [, scheme, host, digits, target] = match ?? [];
  const port = Number(digits);
  if (host === undefined || target === undefined || port < 1 || port > 65_535 || !text.isWellFormed())
    return null;
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port,
    secure: scheme === "https",
    target: target.replace(NOT_ALLOWED, encodeURIComponent),
  };
}

/** What may not stand in a request target: controls, space, quotes, brackets and the like, and all beyond ASCII. */
const NOT_ALLOWED = /[^!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]/gu;
