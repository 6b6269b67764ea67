/** A Kerberos identity that any number of connections share: a keytab, or somebody's ticket cache. Tickets of a keytab
 * live in a memory cache of this login alone; no environment variable is set and no file written. */
import type { Gss, GssContext, GssCredential, GssMechanism, GssServer } from "./gss.ts";
import { explainGss } from "./gss-errors.ts";
import { SaslError } from "./sasl-error.ts";

/** Where the identity is proven from. */
export type KerberosSource =
  /** Tickets are taken as needed, and again when half of their life is over. */
  | { readonly kind: "keytab"; readonly principal: string; readonly keytab: string }
  /** What kinit left: `FILE:/path`; null: the process's default (`KRB5CCNAME`). Never renewed from here. */
  | { readonly kind: "ticketCache"; readonly principal: string | null; readonly cache: string | null };

/** An identity, ready for any number of connections at once. */
export interface KerberosLogin {
  /** The principal as the caller gave it; null: the cache's. */
  readonly principal: string | null;
  /** Takes a ticket now, unless there is one: tells who one is, and finds out early what is wrong. @throws SaslError. */
  check(): Promise<{ readonly principal: string; readonly lifetimeSeconds: number }>;
  /** A context towards `server`, by credentials that are good now. @throws SaslError. */
  connect(server: GssServer, mechanism?: GssMechanism): Promise<GssContext>;
}

/** `random` gives the memory cache its name. The cache stays in the process: make one login for an identity, and keep it. */
export function createKerberosLogin(
  gss: Gss,
  random: { bytes(length: number): Uint8Array },
  source: KerberosSource,
): KerberosLogin {
  const { principal } = source;
  const memory = `MEMORY:coeval-${random.bytes(CACHE_NAME_BYTES).toHex()}`;
  const store = {
    principal,
    keytab: source.kind === "keytab" ? source.keytab : null,
    cache: source.kind === "keytab" ? memory : source.cache,
  };
  const who = principal ?? "the ticket cache";

  /** Acquired anew for each use: the library then looks whether half of the ticket's life is over, and takes a new one
   * by the keytab (MIT: maybe_get_initial_cred). Costs no exchange with a server otherwise. */
  const acquired = async <T>(use: (credential: GssCredential) => Promise<T>): Promise<T> => {
    let credential: GssCredential | null = null;
    try {
      credential = await gss.acquire(store, "kerberos");
      return await use(credential);
    } catch (error) {
      throw explainGss(error, source, who);
    } finally {
      credential?.release();
    }
  };

  return {
    principal,
    check: () =>
      acquired(async (credential) => {
        const found = await credential.inspect();
        if (found.lifetimeSeconds <= 0)
          throw new SaslError("expired", `the ticket of ${found.principal} has expired`);
        return found;
      }),
    async connect(server, mechanism = "kerberos") {
      const credential = await gss.acquire(store, mechanism).catch(async (error: unknown) => {
        // SPNEGO says only that it has no mechanism; why Kerberos is none is Kerberos's to say.
        if (mechanism === "spnego") await acquired((kerberos) => kerberos.inspect());
        throw explainGss(error, source, who);
      });
      const explain = (error: unknown): unknown => explainGss(error, source, who, server);
      try {
        return explained(gss.start(credential, server, mechanism), explain);
      } catch (error) {
        throw explain(error);
      }
    },
  };
}

const CACHE_NAME_BYTES = 12;

/** The context, with its failures in words. */
function explained(context: GssContext, explain: (error: unknown) => unknown): GssContext {
  const sync = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw explain(error);
    }
  };
  return {
    async step(token) {
      try {
        return await context.step(token);
      } catch (error) {
        throw explain(error);
      }
    },
    wrap: (message, sealed) => sync(() => context.wrap(message, sealed)),
    unwrap: (message) => sync(() => context.unwrap(message)),
    wrapBytesMax: (bytes, sealed) => sync(() => context.wrapBytesMax(bytes, sealed)),
    release: () => context.release(),
  };
}
