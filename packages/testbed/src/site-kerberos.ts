/** The properties of a cluster that knows its callers by Kerberos, and protects what is said. Source: "Hadoop in Secure
 * Mode"; hdfs-default.xml of 3.4.2. */
import type { KerberosOptions } from "./options.ts";
import type { Properties } from "./site.ts";

/** Where the keys are. */
export interface RealmFiles {
  readonly realm: string;
  readonly keytabs: Readonly<Record<string, string>>;
}

/** What daemons' principals name as their host. */
export const SERVICE_HOST = "localhost";
/** Every name that a client may call a daemon by. */
export const SERVICE_HOSTS = [SERVICE_HOST, "127.0.0.1"] as const;
/** Principals of the daemons: NameNode, DataNode, JournalNode, their web servers. */
export const SERVICES = ["nn", "dn", "jn", "HTTP"] as const;

/** `core-site.xml` of everybody. The daemons are `superuser` to HDFS. */
export function kerberosCore(realm: RealmFiles, options: KerberosOptions, superuser: string): Properties {
  const daemons = SERVICES.map((service) => `RULE:[2:$1@$0](${service}@.*)s/.*/${superuser}/`);
  return {
    "hadoop.security.authentication": "kerberos",
    "hadoop.security.authorization": "true",
    "hadoop.rpc.protection": options.rpcProtection ?? "privacy",
    "hadoop.security.auth_to_local": [...daemons, "DEFAULT"].join("\n"),
    // A client that is known by its token alone would otherwise be looked up by name, which loopback does not have.
    "hadoop.security.token.service.use_ip": "true",
  };
}

/** `hdfs-site.xml` of everybody. */
export function kerberosCommon({ realm }: RealmFiles, options: KerberosOptions): Properties {
  const principal = (service: string): string => `${service}/${SERVICE_HOST}@${realm}`;
  const dataTransfer = options.dataTransfer ?? "privacy";
  return {
    "dfs.block.access.token.enable": "true",
    "dfs.namenode.kerberos.principal": principal("nn"),
    "dfs.datanode.kerberos.principal": principal("dn"),
    "dfs.journalnode.kerberos.principal": principal("jn"),
    "dfs.namenode.kerberos.internal.spnego.principal": principal("HTTP"),
    "dfs.journalnode.kerberos.internal.spnego.principal": principal("HTTP"),
    "dfs.web.authentication.kerberos.principal": "*",
    ...(dataTransfer === "encrypted"
      ? {
          "dfs.encrypt.data.transfer": "true",
          "dfs.encrypt.data.transfer.cipher.suites": options.cipherSuites ?? "AES/CTR/NoPadding",
        }
      : {
          "dfs.data.transfer.protection": dataTransfer,
          ...(options.cipherSuites === undefined
            ? {}
            : { "dfs.encrypt.data.transfer.cipher.suites": options.cipherSuites }),
        }),
  };
}

/** What the daemons need besides; clients have no keytab of theirs. */
export function kerberosDaemon({ keytabs }: RealmFiles): Properties {
  return {
    "dfs.namenode.keytab.file": keytabs["nn"] ?? "",
    "dfs.datanode.keytab.file": keytabs["dn"] ?? "",
    "dfs.journalnode.keytab.file": keytabs["jn"] ?? "",
    "dfs.web.authentication.kerberos.keytab": keytabs["HTTP"] ?? "",
    // A DataNode asks for ports below 1024 or for TLS, so that nobody else can stand in its place. Here nobody does.
    "ignore.secure.ports.for.testing": "true",
  };
}

/** What lets a NameNode's web server ask for SPNEGO. What tells how it fares stays open, as without Kerberos. */
export function kerberosWeb({ keytabs }: RealmFiles): Properties {
  const web = "hadoop.http.authentication";
  return {
    "hadoop.http.filter.initializers": "org.apache.hadoop.hdfs.web.AuthFilterInitializer",
    [`${web}.type`]: "kerberos",
    // Every HTTP key of the keytab, whatever name the client calls the server by.
    [`${web}.kerberos.principal`]: "*",
    [`${web}.kerberos.keytab`]: keytabs["HTTP"] ?? "",
    [`${web}.kerberos.endpoint.whitelist`]: "/jmx,/conf",
  };
}
