/** Starts a handshake by the mechanism that was asked for. */
import { createDigestMd5 } from "./digest-md5.ts";
import { createGssapi } from "./gssapi-mechanism.ts";
import type { SaslClient, SaslRequest, SaslWorld } from "./mechanism.ts";
import { SaslError } from "./sasl-error.ts";

/** The client's side of a new connection. @throws SaslError `unsupported` when mechanism and credentials do not fit. */
export function createSaslClient(world: SaslWorld, request: SaslRequest): SaslClient {
  const { mechanism, credentials } = request;
  if (mechanism === "GSSAPI" && credentials.kind === "kerberos")
    return createGssapi(credentials.login, request);
  if (mechanism === "DIGEST-MD5" && credentials.kind === "password")
    return createDigestMd5(world, credentials, request);
  throw new SaslError("unsupported", `${mechanism} cannot use credentials of the kind "${credentials.kind}"`);
}
