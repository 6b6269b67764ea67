/** The names of clock sources: `control:ID` is a control device's own clock, `ntp://HOST[:PORT]` an NTP server. */
import { CoevalError } from "../errors.ts";

/** The host and port of an NTP server. */
export interface NtpAddress {
  /** A name, an IPv4 address, or an IPv6 address without brackets; lower case. */
  readonly host: string;
  readonly port: number;
}

/** NTP's own port (RFC 5905, section 16). */
export const NTP_PORT = 123;
/** Characters of a source's name at most. */
export const SOURCE_LENGTH_MAX = 200;

const FORM =
  /^ntp:\/\/(?:\[(?<v6>[0-9a-f:.]+)\]|(?<host>[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?))(?::(?<port>\d{1,5}))?$/i;

/** True of an NTP source; else it is a control device's own clock. */
export function isNtp(source: string): boolean {
  return source.startsWith("ntp://");
}

/** Where an NTP source is asked. @throws CoevalError `bad-input` naming the text. */
export function parseNtp(url: string): NtpAddress {
  const found = url.length <= SOURCE_LENGTH_MAX ? FORM.exec(url)?.groups : undefined;
  const host = found?.["v6"] ?? found?.["host"];
  const port = found?.["port"] === undefined ? NTP_PORT : Number(found["port"]);
  if (host === undefined || port < 1 || port > 65_535) {
    const text = JSON.stringify(url.slice(0, SOURCE_LENGTH_MAX));
    throw new CoevalError("bad-input", `${text} is no clock source: write ntp://HOST[:PORT]`);
  }
  return { host: host.toLowerCase(), port };
}

/** The one way to write a source, so that equal sources have equal names: NTP's own port is left out. @throws CoevalError `bad-input`. */
export function formatNtp(url: string): string {
  const { host, port } = parseNtp(url);
  const name = host.includes(":") ? `[${host}]` : host;
  return `ntp://${name}${port === NTP_PORT ? "" : `:${port}`}`;
}
