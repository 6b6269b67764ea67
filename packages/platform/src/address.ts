/** Where a socket listens or goes: `host:port`, an IPv6 host in brackets. */
import type { AddressInfo } from "node:net";
import { CoevalError } from "@coeval/core/errors";

export interface Address {
  readonly host: string;
  readonly port: number;
}

const FORM = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<host>[^\s:/[\]]+)):(?<port>\d{1,5})$/;

/** Throws CoevalError `bad-input`. */
export function parseAddress(text: string): Address {
  const found = FORM.exec(text)?.groups;
  const host = found?.["v6"] ?? found?.["host"];
  const port = Number(found?.["port"]);
  if (host === undefined || !(port <= 65_535)) {
    throw new CoevalError(
      "bad-input",
      `${JSON.stringify(text)} is no address: write host:port, e.g. 10.0.0.5:7401`,
    );
  }
  return { host, port };
}

export function formatAddress(bound: AddressInfo): string {
  return bound.family === "IPv6" ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}
