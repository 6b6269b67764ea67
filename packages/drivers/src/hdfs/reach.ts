/** How a cluster is reached: its endpoint, as the control device knows it, joined with what the agent alone has. */
import { CoevalError } from "@coeval/core/errors";
import { type HdfsEndpoint, NAMESERVICE_URL_PATTERN } from "@coeval/core/model/cluster";
import { parseHdfsUrl } from "@coeval/hadoop/native/endpoint";
import { type SiteSettings, siteOptions, siteSettings } from "@coeval/hadoop/native/site-options";
import type { Protections } from "@coeval/hadoop/rpc/identity";
import type { Server } from "@coeval/hadoop/rpc/link";
import type { KerberosLogin } from "@coeval/hadoop/sasl/kerberos-login";
import { shortNameOf } from "@coeval/hadoop/sasl/auth-to-local";
import { qopsOf } from "@coeval/hadoop/sasl/mechanism";
import { nameNodeAddresses } from "@coeval/hadoop/site-xml";
import { type Endpoint, parseEndpoint } from "@coeval/hadoop/webhdfs/endpoint";
import { KERBEROS_WANTED } from "./client-errors.ts";
import type { LocalAccess } from "./local-access.ts";

/** Everything that clients need to know. */
export interface Reach {
  /** NameNodes by RPC; none where only HTTP gets through. */
  readonly nameNodes: readonly Server[];
  /** Their web addresses, the one and only way where there is no RPC. */
  readonly web: readonly Endpoint[];
  /** The caller's short name. */
  readonly user: string;
  /** Null where callers are believed. */
  readonly kerberos: KerberosReach | null;
  /** Of the agent's own configuration; null without it. */
  readonly settings: SiteSettings | null;
}

export interface KerberosReach {
  readonly login: KerberosLogin;
  /** As `dfs.namenode.kerberos.principal` has it. */
  readonly serverPrincipal: string;
  /** Of that principal. */
  readonly realm: string | undefined;
  readonly rpcProtections: Protections;
  readonly dataTransferProtections: Protections | null;
}

const AUTH_TO_LOCAL = "hadoop.security.auth_to_local";
/** Nobody said what it is: the strongest that the server offers. */
const ANY_PROTECTION: Protections = ["auth-conf", "auth-int", "auth"];

/**
 * Joins both.
 * @throws CoevalError `bad-input` for what does not fit, naming the field or the flag; `kerberos-wanted` without a key.
 */
export function reachOf(endpoint: HdfsEndpoint, local: LocalAccess): Reach {
  const settings = local.conf === null ? null : ofConf(local, () => siteSettings(conf(local)));
  const kerberos = kerberosOf(endpoint, local, settings);
  const places = placesOf(endpoint, local);
  return { ...places, user: userOf(endpoint, local, kerberos), kerberos, settings };
}

function placesOf({ url, web }: HdfsEndpoint, local: LocalAccess): Pick<Reach, "nameNodes" | "web"> {
  if (!url.startsWith("hdfs:")) return { nameNodes: [], web: read(url, webAddresses) };
  const beside = web === undefined ? null : read(web, webAddresses);
  const nameservice = NAMESERVICE_URL_PATTERN.exec(url)?.[1];
  if (nameservice === undefined) return { nameNodes: read(url, parseHdfsUrl), web: beside ?? [] };
  if (local.conf === null) {
    const fix = "write hdfs://HOST:PORT, or give the agent --hadoop-conf";
    throw bad(
      "/spec/hdfs/url",
      `'${url}' names no port, so it is a nameservice, which the agent does not know; ${fix}`,
    );
  }
  const site = conf(local);
  const named = ofConf(local, () => siteOptions(site)).find((each) => each.nameservice === nameservice);
  if (named === undefined) {
    const known = site.get("dfs.nameservices")?.trim() || "none";
    throw bad(
      "/spec/hdfs/url",
      `'${url}': ${local.conf.folder} knows no nameservice '${nameservice}' (dfs.nameservices: ${known})`,
    );
  }
  const ofIts = (): Endpoint[] =>
    nameNodeAddresses(site)
      .filter((each) => each.nameservice === nameservice)
      .map(({ endpoint }) => endpoint);
  return { nameNodes: named.nameNodes, web: beside ?? ofConf(local, ofIts) };
}

function kerberosOf(
  { kerberos: said }: HdfsEndpoint,
  local: LocalAccess,
  settings: SiteSettings | null,
): KerberosReach | null {
  const known = settings?.kerberos === true ? settings : null;
  if (said === undefined && known === null) {
    if (local.proof === null) return null;
    // Never to be believed instead: whoever gives a key wants the cluster to prove itself too.
    throw bad(
      "/spec/hdfs/kerberos",
      `the agent has a key of ${local.proof.principal}, but nothing says that this cluster is known by Kerberos: name its principal in spec.hdfs.kerberos.nameNode, or give the agent --hadoop-conf`,
    );
  }
  const own = known?.serverPrincipal ?? null;
  if (said !== undefined && own !== null && said.nameNode !== own)
    throw bad(
      "/spec/hdfs/kerberos/nameNode",
      `spec.hdfs.kerberos.nameNode is '${said.nameNode}', but dfs.namenode.kerberos.principal of ${local.conf?.folder} is '${own}': make both the same`,
    );
  const serverPrincipal = said?.nameNode ?? own;
  if (serverPrincipal === null)
    throw bad(
      "/spec/hdfs/kerberos/nameNode",
      `${local.conf?.folder} says Kerberos without dfs.namenode.kerberos.principal: set it there, or name it in spec.hdfs.kerberos.nameNode`,
    );
  if (local.proof === null) throw new CoevalError("kerberos-wanted", KERBEROS_WANTED);
  const rpc = said?.rpcProtection;
  const dataTransfer = said?.dataTransferProtection;
  return {
    login: local.proof.login,
    serverPrincipal,
    realm: serverPrincipal.split("@")[1],
    rpcProtections: rpc === undefined ? (known?.rpcProtections ?? ANY_PROTECTION) : qopsOf(rpc),
    dataTransferProtections:
      dataTransfer === undefined ? (known?.dataTransferProtections ?? null) : qopsOf(dataTransfer),
  };
}

/** By Kerberos the cluster decides who one is; that the document says another name would only be found out at the first refusal. */
function userOf({ user }: HdfsEndpoint, local: LocalAccess, kerberos: KerberosReach | null): string {
  const { proof } = local;
  if (kerberos === null || proof === null) {
    if (user !== undefined) return user;
    throw bad(
      "/spec/hdfs/user",
      "spec.hdfs.user is missing: a cluster without Kerberos must be told who asks",
    );
  }
  const rules = local.conf?.site.get(AUTH_TO_LOCAL);
  const realm = kerberos.realm ?? proof.principal.replace(/^.*@/, "");
  const short = ofConf(local, () => shortNameOf(proof.principal, { rules, realm }));
  if (short === null)
    throw bad(
      "--principal",
      `${proof.principal} is nobody to this cluster: ${AUTH_TO_LOCAL} ${rules === undefined ? `is not known here, and without it only principals of ${realm} have a name; give the agent --hadoop-conf` : `of ${local.conf?.folder} maps it to no user`}`,
    );
  if (user === undefined || user === short) return short;
  throw bad(
    "/spec/hdfs/user",
    `spec.hdfs.user is '${user}', but the agent proves to be ${proof.principal}, whom HDFS knows as '${short}': leave spec.hdfs.user out, or give the agent the key of ${user}${rules === undefined ? `, or --hadoop-conf with the cluster's ${AUTH_TO_LOCAL}` : ""}`,
  );
}

function webAddresses(url: string): Endpoint[] {
  const list = /^webhdfs:\/\/(.+)$/.exec(url)?.[1];
  if (list === undefined) throw new TypeError(`"${url}" is no address of a NameNode's web`);
  return list.split(",").map((address) => parseEndpoint(`http://${address}`));
}

function read<T>(url: string, parse: (url: string) => T): T {
  try {
    return parse(url);
  } catch (cause) {
    const forms = "hdfs://HOST:PORT[,HOST:PORT], hdfs://NAMESERVICE or webhdfs://HOST:PORT";
    throw new CoevalError("bad-input", `'${url}' is no endpoint; write ${forms}`, { cause });
  }
}

function conf({ conf: own }: LocalAccess): NonNullable<LocalAccess["conf"]>["site"] {
  return own?.site ?? new Map();
}

/** What is wrong with the agent's own configuration, with its place. */
function ofConf<T>(local: LocalAccess, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw bad("--hadoop-conf", `--hadoop-conf ${local.conf?.folder}: ${cause.message}`, cause);
  }
}

function bad(pointer: string, message: string, cause?: unknown): CoevalError {
  return new CoevalError("bad-input", message, { pointer, cause });
}
