/** What the mechanisms need of the system's GSS-API library (RFC 2743, RFC 2744), as a port: gssapi.ts has it from MIT
 * Kerberos. Whatever may wait for a key server is asynchronous; protecting a message is not. */

export interface Gss {
  /** Reads keytab and cache; takes a ticket by the keytab when there is none that lasts. @throws GssFailure. */
  acquire(store: CredentialStore, mechanism: GssMechanism): Promise<GssCredential>;
  /** A new context towards a server, not established yet. It takes the credential over, and releases it at its end. */
  start(credential: GssCredential, server: GssServer, mechanism: GssMechanism): GssContext;
}

/** Kerberos itself, as SASL has it, or within SPNEGO (RFC 4178), as HTTP has it. */
export type GssMechanism = "kerberos" | "spnego";

/** Where a client's credentials come from. MIT: gss_acquire_cred_from, "Credential store extensions". */
export interface CredentialStore {
  /** `alice@REALM` or `service/host@REALM`; null: whoever the cache or the keytab names first. */
  readonly principal: string | null;
  /** Tickets are taken with a key of this file when the cache has none that lasts; `/path` or `FILE:/path`. */
  readonly keytab: string | null;
  /** Where tickets are kept: `MEMORY:name`, `FILE:/path`; null: the process's own default cache. */
  readonly cache: string | null;
}

/** The service to speak to: `host` as its principal says it. */
export interface GssServer {
  readonly service: string;
  readonly host: string;
  /** Null: krb5.conf maps the host to its realm. */
  readonly realm: string | null;
}

/** Credentials that are in hand; released by their user, or with the context that took them over. */
export interface GssCredential {
  /** Who it is; takes a ticket where there is none yet, so it may wait for the key server. @throws GssFailure. */
  inspect(): Promise<{ readonly principal: string; readonly lifetimeSeconds: number }>;
  release(): void;
}

/** The client's side of one connection. */
export interface GssContext {
  /** Takes the server's token (empty at first), gives ours (empty: nothing to send). @throws GssFailure. */
  step(token: Uint8Array): Promise<{ readonly token: Uint8Array; readonly established: boolean }>;
  /** @throws GssFailure. */
  wrap(message: Uint8Array, sealed: boolean): Uint8Array;
  /** @throws GssFailure for a message that is not the next one of the peer. */
  unwrap(message: Uint8Array): { readonly message: Uint8Array; readonly sealed: boolean };
  /** The longest message whose wrapping fits into `wrappedBytes`. */
  wrapBytesMax(wrappedBytes: number, sealed: boolean): number;
  release(): void;
}

/** A call of the library that failed. */
export interface GssFailure extends Error {
  readonly gss: {
    /** The call, e.g. `gss_init_sec_context`. */
    readonly call: string;
    /** RFC 2744, section 3.9.1. */
    readonly major: number;
    /** The mechanism's own number; of Kerberos, its table of errors. */
    readonly minor: number;
  };
}

/** Null when `error` is something else. */
export function gssFailure(error: unknown): GssFailure["gss"] | null {
  return error instanceof Error && "gss" in error ? (error as GssFailure).gss : null;
}
