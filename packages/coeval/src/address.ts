/** `host:port` as the command line takes it. */
import { CoevalError } from "@coeval/core/errors";

/** @throws CoevalError `bad-input`. */
export function splitAddress(address: string): [host: string, port: number] {
  const at = address.lastIndexOf(":");
  const port = Number(address.slice(at + 1));
  const host = address.slice(0, at);
  if (at <= 0 || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CoevalError("bad-input", `'${address}' is not HOST:PORT`);
  }
  return [host, port];
}
