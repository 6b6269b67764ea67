/** Writes the configuration folders of a cluster: `conf/namenode`, `conf/journalnode-N`, `conf/datanode-N`,
 * `conf/client`; and the `webapps/` folders that Hadoop's jars lack. */
import { mkdir, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  clientSite,
  coreSite,
  dataNodeSite,
  journalNodeSite,
  nameNodeSite,
  type Plan,
  type Properties,
  siteXml,
} from "./site.ts";

export interface ConfFolders {
  readonly nameNodes: readonly string[];
  readonly journalNodes: readonly string[];
  readonly dataNodes: readonly string[];
  readonly client: string;
}

/** Writes everything, replacing what is there, and says where it is. */
export async function writeConf(plan: Plan): Promise<ConfFolders> {
  const { dir, addresses, options } = plan;
  const core = coreSite(plan);
  const reservedBytes = await reservedFor(dir, options.dataNodeCapacityBytes);
  const write = async (name: string, hdfs: Properties, log: string): Promise<string> => {
    const folder = join(dir, "conf", name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "core-site.xml"), siteXml(core));
    await writeFile(join(folder, "hdfs-site.xml"), siteXml(hdfs));
    await writeFile(join(folder, "log4j.properties"), log);
    return folder;
  };
  for (const webapp of ["hdfs", "datanode", "journal"]) {
    const folder = join(dir, "conf", "web", "webapps", webapp, "WEB-INF");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "web.xml"), "<web-app/>\n");
  }
  const daemonLog = daemonLogging(options.auditLog ?? false);
  return {
    nameNodes: await Promise.all(
      addresses.nameNodes.map((_, index) =>
        write(roleOf("namenode", index), nameNodeSite(plan, index), daemonLog),
      ),
    ),
    journalNodes: await Promise.all(
      addresses.journalNodes.map((_, index) =>
        write(`journalnode-${index}`, journalNodeSite(plan, index), daemonLog),
      ),
    ),
    dataNodes: await Promise.all(
      addresses.dataNodes.map((_, index) =>
        write(`datanode-${index}`, dataNodeSite(plan, index, reservedBytes), daemonLog),
      ),
    ),
    client: await write("client", clientSite(plan), CLIENT_LOGGING),
  };
}

/** The first NameNode is `namenode`, as where there is no other; a second is `namenode-1`. */
export function roleOf(kind: "namenode", index: number): string {
  return index === 0 ? kind : `${kind}-${index}`;
}

/** `dfs.datanode.du.reserved` so that `capacityBytes` remain. Hadoop computes what is left as usable space minus
 * (reserved minus what others use of the disk), so other users' growth cancels out. */
async function reservedFor(dir: string, capacityBytes: number | undefined): Promise<number> {
  if (capacityBytes === undefined) return 0;
  const disk = await statfs(dir);
  const usableBytes = disk.bavail * disk.bsize;
  const usedBytes = (disk.blocks - disk.bfree) * disk.bsize;
  if (capacityBytes > usableBytes) {
    throw new Error(
      `testbed: dataNodeCapacityBytes ${capacityBytes} is more than the ${usableBytes} that ${dir} has`,
    );
  }
  return usableBytes + usedBytes - capacityBytes;
}

const LAYOUT = "org.apache.log4j.PatternLayout";
const PATTERN = "%d{ISO8601} %p %c{2}: %m%n";

/** Daemons write at most 64 MiB each to `${testbed.log}`; lines per block or per operation are left out. */
function daemonLogging(auditLog: boolean): string {
  const audit = "log4j.logger.org.apache.hadoop.hdfs.server.namenode.FSNamesystem.audit";
  return [
    "log4j.rootLogger=INFO,file",
    ...appender("file", "${testbed.log}"),
    "log4j.logger.org.apache.hadoop.hdfs.server.datanode=WARN",
    "log4j.logger.org.apache.hadoop.hdfs.server.datanode.DataNode.clienttrace=WARN",
    "log4j.logger.org.apache.hadoop.hdfs.StateChange=WARN",
    "log4j.logger.BlockStateChange=WARN",
    `${audit}=${auditLog ? "INFO,audit" : "WARN"}`,
    "log4j.additivity.org.apache.hadoop.hdfs.server.namenode.FSNamesystem.audit=false",
    ...(auditLog ? appender("audit", "${testbed.audit}") : []),
    "",
  ].join("\n");
}

function appender(name: string, file: string): string[] {
  return [
    `log4j.appender.${name}=org.apache.log4j.RollingFileAppender`,
    `log4j.appender.${name}.File=${file}`,
    `log4j.appender.${name}.MaxFileSize=32MB`,
    `log4j.appender.${name}.MaxBackupIndex=1`,
    `log4j.appender.${name}.layout=${LAYOUT}`,
    `log4j.appender.${name}.layout.ConversionPattern=${PATTERN}`,
  ];
}

const CLIENT_LOGGING = [
  "log4j.rootLogger=WARN,console",
  "log4j.appender.console=org.apache.log4j.ConsoleAppender",
  "log4j.appender.console.target=System.err",
  `log4j.appender.console.layout=${LAYOUT}`,
  `log4j.appender.console.layout.ConversionPattern=${PATTERN}`,
  "log4j.logger.org.apache.hadoop.util.NativeCodeLoader=ERROR",
  "",
].join("\n");
