/** Puts a cluster together from its folders and addresses: its daemons, not started yet, and what is asked of them. */
import { join } from "node:path";
import type { ClusterAddresses } from "./addresses.ts";
import type { Cluster } from "./cluster.ts";
import { type ConfFolders, roleOf } from "./conf.ts";
import { type Daemon, daemon, outputOf } from "./daemon.ts";
import { createHighAvailability } from "./high-availability.ts";
import { javaCall } from "./java.ts";
import type { KerberosRealm } from "./kerberos.ts";
import {
  type ClusterOptions,
  DATA_NODE_HEAP_MIB_DEFAULT,
  JOURNAL_NODE_HEAP_MIB,
  NAME_NODE_HEAP_MIB_DEFAULT,
  SUPERUSER_DEFAULT,
} from "./options.ts";
import { identify } from "./process-identity.ts";
import { type Expected, waitReady } from "./ready.ts";
import { writeRecord } from "./record.ts";

export interface Parts {
  readonly name: string;
  readonly dir: string;
  readonly options: ClusterOptions;
  readonly classPath: readonly string[];
  readonly addresses: ClusterAddresses;
  readonly conf: ConfFolders;
  readonly kerberos: KerberosRealm | null;
}

/** Two clusters at once need 5 s on two idle cores; a loaded host gets its time. */
const READY_TIMEOUT_MS = 90_000;

const HDFS = "org.apache.hadoop.hdfs";

export function compose(parts: Parts): Cluster {
  const { name, dir, options, classPath, addresses, conf, kerberos } = parts;
  const superuser = options.superuser ?? SUPERUSER_DEFAULT;
  const owner = identify(process.pid);
  if (owner === null) throw new Error("testbed: /proc does not show this process; Linux is needed");
  const record = (): void => {
    const running = daemons.flatMap(({ role, process: own }) => (own === null ? [] : [{ role, ...own }]));
    writeRecord(dir, { cluster: name, owner, daemons: running });
  };
  const make = (role: string, mainClass: string, confFolder: string, heapMib: number): Daemon =>
    hadoopDaemon(parts, superuser, { role, mainClass, confFolder, heapMib, changed: record });

  const nameNodeHeapMib = options.nameNodeHeapMib ?? NAME_NODE_HEAP_MIB_DEFAULT;
  const nameNodeDaemons = conf.nameNodes.map((folder, index) =>
    make(roleOf("namenode", index), `${HDFS}.server.namenode.NameNode`, folder, nameNodeHeapMib),
  );
  const journalNodeDaemons = conf.journalNodes.map((folder, index) =>
    make(`journalnode-${index}`, `${HDFS}.qjournal.server.JournalNode`, folder, JOURNAL_NODE_HEAP_MIB),
  );
  const dataNodeHeapMib = options.dataNodeHeapMib ?? DATA_NODE_HEAP_MIB_DEFAULT;
  const dataNodeDaemons = conf.dataNodes.map((folder, index) =>
    make(`datanode-${index}`, `${HDFS}.server.datanode.DataNode`, folder, dataNodeHeapMib),
  );
  const [nameNode] = nameNodeDaemons;
  if (nameNode === undefined) throw new Error("testbed: a cluster has a NameNode");
  const kdc = kerberos === null ? null : daemon({ role: "kdc", ...kerberos.kdc, changed: record });
  const daemons = [
    ...(kdc === null ? [] : [kdc]),
    ...journalNodeDaemons,
    ...nameNodeDaemons,
    ...dataNodeDaemons,
  ];
  record();

  const target = { name, dir, superuser, ...addresses, clientConf: conf.client, classPath, kerberos };
  const { nameservice } = addresses;
  const expected = (): Expected => ({
    nameNodes: nameNodeDaemons.flatMap((each, index) => {
      const http = addresses.nameNodes[index]?.http;
      return http === undefined || (nameservice !== null && each.process === null) ? [] : [http];
    }),
    dataNodes: addresses.dataNodes,
  });
  const failed = async (): Promise<string | null> => {
    // Of a pair one may be down: that is what it is for.
    const pairDown = nameservice === null || nameNodeDaemons.every((each) => each.process === null);
    const needed = pairDown
      ? daemons
      : daemons.filter((each) => !nameNodeDaemons.includes(each) && !journalNodeDaemons.includes(each));
    return endedOf(needed);
  };
  return {
    ...target,
    nameNode,
    nameNodeDaemons,
    journalNodeDaemons,
    dataNodeDaemons,
    kdc,
    daemons,
    highAvailability:
      nameservice === null ? null : createHighAvailability(nameservice, target, nameNodeDaemons),
    ready: (signal) => waitReady(name, expected, { timeoutMs: READY_TIMEOUT_MS, signal, failed }),
    async stop() {
      await Promise.all(daemons.map((each) => each.stop()));
    },
  };
}

interface HadoopDaemon {
  readonly role: string;
  readonly mainClass: string;
  readonly confFolder: string;
  readonly heapMib: number;
  readonly changed: () => void;
}

function hadoopDaemon(
  { name, dir, options, classPath, kerberos }: Parts,
  user: string,
  own: HadoopDaemon,
): Daemon {
  return daemon({
    role: own.role,
    cwd: dir,
    outputFile: join(dir, "logs", `${own.role}.out`),
    changed: own.changed,
    call: javaCall({
      mainClass: own.mainClass,
      args: [],
      classPath: [own.confFolder, join(dir, "conf", "web"), ...classPath],
      user,
      kerberos: kerberos === null ? undefined : { krb5Conf: kerberos.krb5Conf },
      heapMib: own.heapMib,
      jvmFlags: options.jvmFlags,
      properties: {
        "testbed.cluster": name,
        "testbed.log": join(dir, "logs", `${own.role}.log`),
        "testbed.audit": join(dir, "logs", "audit.log"),
      },
    }),
  });
}

async function endedOf(daemons: readonly Daemon[]): Promise<string | null> {
  const gone = daemons.find((each) => each.process === null);
  return gone === undefined ? null : `${gone.role} has ended; its output ends with:\n${await outputOf(gone)}`;
}
