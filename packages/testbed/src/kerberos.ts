/** A real MIT Kerberos realm in a folder of its own: database, key server, keytabs. The machine's own Kerberos, its
 * /etc/krb5.conf and its caches are neither read nor changed. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Daemon, type DaemonOptions, outputOf } from "./daemon.ts";
import { findTool } from "./find-tool.ts";
import { waitListening } from "./listening.ts";
import { freePorts } from "./ports.ts";

export interface KerberosRealm {
  /** For instance `EAST.TEST`. */
  readonly realm: string;
  /** What `KRB5_CONFIG` must name for whoever is to use this realm. */
  readonly krb5Conf: string;
  /** `host:port` of the key server, TCP and UDP. */
  readonly kdcAddress: string;
  /** Keytabs by the first part of their principals: `nn`, `dn`, `HTTP`, `jn`, and the users'. */
  readonly keytabs: Readonly<Record<string, string>>;
  /** The key server, to be run as a daemon. */
  readonly kdc: Pick<DaemonOptions, "call" | "cwd" | "outputFile">;
  /** Adds a principal and its keytab (or new keys in a new keytab), and returns the keytab's path. */
  addPrincipal(principal: string, keytab: string, options?: PrincipalOptions): Promise<string>;
  /** Runs one `kadmin.local` command, such as `modprinc -maxlife "10 seconds" alice`. */
  administer(command: string): Promise<void>;
  /** `kinit` by a keytab into the ticket cache of that name, whose path is returned. */
  login(user: string): string;
}

export interface PrincipalOptions {
  /** Life of its tickets, for instance `10 seconds`; default the realm's day. */
  readonly ticketLife?: string | undefined;
}

export interface RealmRequest {
  readonly realm: string;
  /** Its own folder, made when absent; a realm that is there goes on. */
  readonly dir: string;
  /** Names with a keytab of their own: `alice` is a user's, `nn` below stands for `nn/HOST`. */
  readonly users: readonly string[];
  readonly services: readonly string[];
  /** Hosts that services have keys for: what clients may call them by. */
  readonly hosts: readonly string[];
}

const execute = promisify(execFile);
const TOOL_TIMEOUT_MS = 20_000;
const KDC_TIMEOUT_MS = 10_000;
const PACKAGES = "krb5-kdc krb5-admin-server krb5-user";
const MASTER_PASSWORD = "testbed";

/** Makes the realm, unless it is there. Its key server is a daemon, which {@link startKdc} starts. */
export async function kerberosRealm(request: RealmRequest): Promise<KerberosRealm> {
  const { realm, dir, users, services, hosts } = request;
  mkdirSync(join(dir, "caches"), { recursive: true, mode: 0o700 });
  const [port = 0] = await freePorts(1);
  const files = writeFiles(dir, realm, port);
  const env = {
    PATH: process.env["PATH"] ?? "",
    KRB5_CONFIG: files.krb5Conf,
    KRB5_KDC_PROFILE: files.kdcConf,
  };
  const administer = async (...commands: string[]): Promise<void> => {
    const child = execute(findTool("kadmin.local", PACKAGES), ["-r", realm], {
      env,
      timeout: TOOL_TIMEOUT_MS,
    });
    child.child.stdin?.end([...commands, "quit", ""].join("\n"));
    const { stderr } = await child;
    if (/^kadmin.local: .*while|^\w+: .* while /m.test(stderr))
      throw new Error(`testbed: kadmin.local: ${stderr}`);
  };
  const keytabOf = (name: string): string => join(dir, `${name}.keytab`);
  const principals = [
    ...users.map((user) => [user, user] as const),
    ...services.flatMap((service) => hosts.map((host) => [service, `${service}/${host}`] as const)),
  ];
  if (!existsSync(join(dir, "principal"))) {
    const create = ["-r", realm, "create", "-s", "-P", MASTER_PASSWORD];
    await execute(findTool("kdb5_util", PACKAGES), create, { env, timeout: TOOL_TIMEOUT_MS });
    await administer(
      ...principals.map(([, principal]) => `addprinc -randkey ${principal}`),
      ...principals.map(([name, principal]) => `ktadd -k ${keytabOf(name)} ${principal}`),
    );
  }
  return {
    realm,
    krb5Conf: files.krb5Conf,
    kdcAddress: `127.0.0.1:${port}`,
    keytabs: Object.fromEntries([...users, ...services].map((name) => [name, keytabOf(name)])),
    kdc: {
      cwd: dir,
      outputFile: join(dir, "kdc.out"),
      call: {
        command: findTool("krb5kdc", PACKAGES),
        args: ["-n", "-r", realm, "-P", join(dir, "kdc.pid")],
        env,
      },
    },
    async addPrincipal(principal, keytab, options = {}) {
      const life = options.ticketLife === undefined ? "" : `-maxlife "${options.ticketLife}" `;
      const file = keytabOf(keytab);
      await administer(`addprinc ${life}-randkey ${principal}`, `ktadd -k ${file} ${principal}`);
      return file;
    },
    administer: (command) => administer(command),
    login(user) {
      const cache = join(dir, "caches", user);
      const words = ["-c", cache, "-k", "-t", keytabOf(user), user];
      execFileSync(findTool("kinit", PACKAGES), words, { env, timeout: TOOL_TIMEOUT_MS });
      return cache;
    },
  };
}

/** From now on this process, and those it starts, speak of this realm: MIT's library reads `KRB5_CONFIG` each time. */
export function useRealm({ krb5Conf }: Pick<KerberosRealm, "krb5Conf">): void {
  process.env["KRB5_CONFIG"] = krb5Conf;
}

/** Starts the key server; resolves when it answers. */
export async function startKdc(realm: KerberosRealm, kdc: Daemon, signal?: AbortSignal): Promise<void> {
  await kdc.start();
  const failed = async (): Promise<string | null> =>
    kdc.process === null ? `the key server has ended:\n${await outputOf(kdc)}` : null;
  await waitListening(realm.kdcAddress, { timeoutMs: KDC_TIMEOUT_MS, signal, failed });
}

function writeFiles(dir: string, realm: string, port: number): { krb5Conf: string; kdcConf: string } {
  const krb5Conf = join(dir, "krb5.conf");
  const kdcConf = join(dir, "kdc.conf");
  writeFileSync(
    krb5Conf,
    `[libdefaults]
  default_realm = ${realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
  ticket_lifetime = 1d
[realms]
  ${realm} = {
    kdc = 127.0.0.1:${port}
  }
[domain_realm]
  localhost = ${realm}
  127.0.0.1 = ${realm}
`,
  );
  writeFileSync(
    kdcConf,
    `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${realm} = {
    database_name = ${join(dir, "principal")}
    key_stash_file = ${join(dir, "stash")}
    acl_file = ${join(dir, "kadm5.acl")}
    max_life = 1d
  }
[logging]
  kdc = FILE:${join(dir, "kdc.log")}
`,
  );
  return { krb5Conf, kdcConf };
}
