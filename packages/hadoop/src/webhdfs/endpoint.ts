/** Addresses of HTTP servers. */

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** https. */
  readonly secure: boolean;
}

/**
 * Reads `http://host:port`, `https://host:port` or `host:port` (then http); IPv6 addresses in brackets. Throws a
 * TypeError that names what is wrong.
 */
export function parseEndpoint(text: string): Endpoint {
  const match = /^(?:(https?):\/\/)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})\/?$/.exec(text);
  const [, scheme, host, digits] = match ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new TypeError(
      `"${text}" is no address of an HTTP server; give http://HOST:PORT or https://HOST:PORT`,
    );
  }
  return { host: host.replace(/^\[|\]$/g, ""), port, secure: scheme === "https" };
}

/** `host:port`, an IPv6 address in brackets. */
export function authority(endpoint: { readonly host: string; readonly port: number }): string {
  const host = endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host;
  return `${host}:${endpoint.port}`;
}
