/** What the agent alone has of its cluster: a key to prove itself by, and Hadoop's own configuration. It stays on the agent's
 * host: the control device neither has nor needs it. */
import { CoevalError, explain, toFailure } from "@coeval/core/errors";
import type { Log } from "@coeval/core/ports/log";
import type { Random } from "@coeval/core/ports/random";
import { readConfFolder } from "@coeval/hadoop/native/conf-folder";
import type { Gss } from "@coeval/hadoop/sasl/gss";
import { loadGssapi } from "@coeval/hadoop/sasl/gssapi";
import { createKerberosLogin, type KerberosLogin } from "@coeval/hadoop/sasl/kerberos-login";
import type { Site } from "@coeval/hadoop/site-xml";
import { provenOr } from "./proof-errors.ts";

export interface LocalAccess {
  /** Whom the keytab proves; null without one. */
  readonly proof: { readonly principal: string; readonly login: KerberosLogin } | null;
  /** The properties of Hadoop's own configuration, and where it lies; null without it. */
  readonly conf: { readonly folder: string; readonly site: Site } | null;
}

/** As flags of `coeval agent` name it. */
export interface LocalWords {
  readonly keytab?: string | undefined;
  readonly principal?: string | undefined;
  readonly hadoopConf?: string | undefined;
}

export interface LocalWorld {
  readonly random: Random;
  readonly log: Pick<Log, "info" | "warn">;
  /** Null where there is no such file. */
  readonly readText: (path: string) => Promise<string | null>;
  /** Default: the system's library. */
  readonly gss?: () => Gss;
}

/** Nothing: a cluster that believes its callers. */
export const NOTHING_LOCAL: LocalAccess = { proof: null, conf: null };

const PRINCIPAL_PATTERN = /^[A-Za-z0-9_.$-]+(\/[A-Za-z0-9_.-]+)?@[A-Za-z0-9_.-]+$/;

/**
 * Reads what the words name, and takes a ticket: what only a person can mend is told at once; a key server that does not answer
 * is waited for later.
 * @throws CoevalError `bad-input` naming the flag, `kerberos-keytab`, `kerberos-library`, `kerberos-realm`, `kerberos-refused`.
 */
export async function openLocalAccess(world: LocalWorld, words: LocalWords): Promise<LocalAccess> {
  const { keytab, principal, hadoopConf } = words;
  const conf =
    hadoopConf === undefined ? null : { folder: hadoopConf, site: await siteOf(world, hadoopConf) };
  if (keytab === undefined && principal === undefined) return { proof: null, conf };
  if (keytab === undefined) throw bad("--principal", "is given without --keytab: name the file with its key");
  if (principal === undefined)
    throw bad("--keytab", "is given without --principal: name whose key is to be used, NAME@REALM");
  if (principal.includes("/_HOST@"))
    throw bad("--principal", `'${principal}': write this host's name in place of _HOST`);
  if (!PRINCIPAL_PATTERN.test(principal))
    throw bad("--principal", `'${principal.slice(0, 100)}' reads neither NAME@REALM nor NAME/HOST@REALM`);
  return { proof: { principal, login: await loginOf(world, keytab, principal) }, conf };
}

async function siteOf({ readText }: LocalWorld, folder: string): Promise<Site> {
  try {
    return await readConfFolder(folder, readText);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw bad("--hadoop-conf", cause.message, cause);
  }
}

async function loginOf(world: LocalWorld, keytab: string, principal: string): Promise<KerberosLogin> {
  try {
    const gss = (world.gss ?? loadGssapi)();
    const login = createKerberosLogin(gss, world.random, { kind: "keytab", principal, keytab });
    const { lifetimeSeconds } = await login.check().catch((thrown: unknown) => {
      const failure = toFailure(provenOr(thrown));
      if (explain(failure.code).retry === "never") throw thrown;
      world.log.warn("no ticket yet", { principal, why: failure.message });
      return { lifetimeSeconds: null };
    });
    if (lifetimeSeconds !== null) world.log.info("ticket", { principal, lifetimeSeconds });
    return login;
  } catch (thrown) {
    throw provenOr(thrown);
  }
}

function bad(flag: string, what: string, cause?: unknown): CoevalError {
  return new CoevalError("bad-input", `${flag} ${what}`, { pointer: flag, cause });
}
