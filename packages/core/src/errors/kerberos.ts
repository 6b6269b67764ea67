/** The catalogue's failures of reaching a cluster: its proof and the agent's by Kerberos, and NameNodes that do not serve. */
import { type CatalogueEntry, entry } from "./entry.ts";

/** code → entry; part of the whole catalogue. */
export const kerberosErrors = {
  "cluster-unproven": entry(
    502,
    "never",
    "What answers at the endpoint does not prove that it is the cluster.",
    "It may be anybody, so nothing was told to it. Compare the endpoint, and `dfs.namenode.kerberos.principal` on both sides.",
  ),
  "kdc-unreachable": entry(
    502,
    "later",
    "The agent's Kerberos key server does not answer.",
    "Compare the realm's `kdc` in the agent's krb5.conf, and see that the key server runs.",
  ),
  "kerberos-clock": entry(
    502,
    "later",
    "The agent's clock is too far from the Kerberos key server's.",
    "Set both to the same time (NTP); Kerberos allows 5 minutes.",
  ),
  "kerberos-keytab": entry(
    500,
    "never",
    "The agent's keytab proves nobody.",
    "See that the agent may read the file given with --keytab, and compare `klist -k FILE` with --principal; export it again if the key was changed.",
  ),
  "kerberos-library": entry(
    500,
    "never",
    "The system's Kerberos library is missing beside the agent.",
    "Install MIT Kerberos's GSS-API library (Debian: `apt-get install libgssapi-krb5-2`).",
  ),
  "kerberos-realm": entry(
    500,
    "never",
    "The agent's krb5.conf does not know the realm.",
    "Compare the realm of --principal and of the NameNode's principal with the agent's krb5.conf.",
  ),
  "kerberos-refused": entry(
    502,
    "never",
    "The cluster, or its key server, refuses the agent's proof.",
    "Compare `dfs.namenode.kerberos.principal` and `hadoop.rpc.protection` with the cluster's; the NameNode's log says what it did not like.",
  ),
  "kerberos-ticket": entry(
    502,
    "later",
    "The agent's Kerberos ticket has ended, or there is none.",
    "Give the agent --keytab and --principal: it then takes tickets itself.",
  ),
  "kerberos-wanted": entry(
    502,
    "never",
    "The cluster wants Kerberos, and the agent proves nothing.",
    "Give the agent --keytab and --principal, and the NameNode's principal in `spec.hdfs.kerberos.nameNode` or by --hadoop-conf.",
  ),
  "no-active-namenode": entry(
    502,
    "later",
    "None of the cluster's NameNodes is active.",
    "`hdfs haadmin -getAllServiceState` shows them; see that one becomes active, and that `spec.hdfs.url` names all of them.",
  ),
  "no-namenode": entry(
    502,
    "never",
    "What answers at the endpoint is no NameNode.",
    "Name the NameNode's RPC port with hdfs:// (often 8020), its HTTP port with webhdfs:// (often 9870).",
  ),
} as const satisfies Record<string, CatalogueEntry>;
