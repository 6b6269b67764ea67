/** WebHDFS towards a NameNode that knows its callers by Kerberos: a fresh proof in the header of each request. Source: RFC
 * 4559; hadoop-auth's KerberosAuthenticationHandler. */
import type { KerberosLogin } from "../sasl/kerberos-login.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Identity } from "./options.ts";

/** What may be said besides. */
export interface SpnegoOptions {
  /** Of the server's principal `HTTP/host@realm`; default: krb5.conf maps the host to it. */
  readonly realm?: string | undefined;
  /** Act for another, if `hadoop.proxyuser` allows it. */
  readonly doAs?: string | undefined;
}

/**
 * An identity for a WebHDFS client of `nameNode`. What it sends proves the caller to `HTTP/host` of that NameNode, and
 * serves once; contents go on unprotected unless the endpoint is https. Fails with a SaslError.
 */
export function bySpnego(login: KerberosLogin, nameNode: Endpoint, options: SpnegoOptions = {}): Identity {
  const server = { service: "HTTP", host: nameNode.host.toLowerCase(), realm: options.realm ?? null };
  return {
    kind: "hook",
    async authenticate() {
      const context = await login.connect(server, "spnego");
      try {
        const { token } = await context.step(new Uint8Array());
        return {
          headers: { authorization: `Negotiate ${token.toBase64()}` },
          query: { doas: options.doAs },
        };
      } finally {
        context.release();
      }
    },
  };
}
