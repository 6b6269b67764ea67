/** Hadoop's own command line tools against a cluster of the testbed: what a person types as `hdfs dfs …`,
 * `hdfs dfsadmin …`, `hadoop distcp …`. Each call costs a JVM's start: 1–2 s. */
import { execFile } from "node:child_process";
import type { KerberosRealm } from "./kerberos.ts";
import { type JavaCall, javaCall } from "./java.ts";

const MAIN_CLASSES = {
  dfs: "org.apache.hadoop.fs.FsShell",
  dfsadmin: "org.apache.hadoop.hdfs.tools.DFSAdmin",
  fsck: "org.apache.hadoop.hdfs.tools.DFSck",
  /** Keys of encryption zones, in the provider that core-site.xml names. */
  key: "org.apache.hadoop.crypto.key.KeyShell",
  haadmin: "org.apache.hadoop.hdfs.tools.DFSHAAdmin",
  groups: "org.apache.hadoop.hdfs.tools.GetGroups",
  snapshotDiff: "org.apache.hadoop.hdfs.tools.snapshot.SnapshotDiff",
  lsSnapshottableDir: "org.apache.hadoop.hdfs.tools.snapshot.LsSnapshottableDir",
  /** With the local job runner: maps run as threads of this one JVM. */
  distcp: "org.apache.hadoop.tools.DistCp",
} as const;

export type HdfsCommand = keyof typeof MAIN_CLASSES;

/** What the tools need to know of a cluster. */
export interface CliTarget {
  readonly name: string;
  readonly dir: string;
  readonly superuser: string;
  readonly clientConf: string;
  readonly classPath: readonly string[];
  /** Whose keytabs the users prove themselves by. */
  readonly kerberos: KerberosRealm | null;
}

export interface CliOptions {
  /** The user that HDFS sees; default the superuser. */
  readonly user?: string | undefined;
  /** Given to the command's standard input (`-put - PATH`). */
  readonly input?: string | Uint8Array | undefined;
  readonly timeoutMs?: number | undefined;
  /** Of what it prints; `latin1` keeps every byte. Default utf8. */
  readonly encoding?: "utf8" | "latin1" | undefined;
  readonly heapMib?: number | undefined;
  /** In place of the flags for short-lived JVMs; benchmarks pass `[]`. */
  readonly jvmFlags?: readonly string[] | undefined;
}

export interface CliResult {
  /** Exit status; 0 is success. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS_DEFAULT = 120_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const ERROR_SHOWN_CHARACTERS = 1_000;

/** Runs a command, for instance `hdfsCli(east, ["dfs", "-ls", "/"], { user: "alice" })`, and throws when it fails. */
export async function hdfsCli(
  cluster: CliTarget,
  args: readonly [HdfsCommand, ...string[]],
  options: CliOptions = {},
): Promise<CliResult> {
  const result = await tryHdfsCli(cluster, args, options);
  if (result.status === 0) return result;
  throw new Error(
    `hdfs ${args.join(" ")} on ${cluster.name}: exit status ${result.status}\n${shortened(result.stderr)}`,
  );
}

/** The beginning and the end: Hadoop's stack traces say the cause first and the outcome last. */
function shortened(text: string): string {
  if (text.length <= 2 * ERROR_SHOWN_CHARACTERS) return text;
  return `${text.slice(0, ERROR_SHOWN_CHARACTERS)}\n…\n${text.slice(-ERROR_SHOWN_CHARACTERS)}`;
}

/** The same for commands that may fail: the status is the caller's to judge. Throws only when it does not end. */
export function tryHdfsCli(
  cluster: CliTarget,
  args: readonly [HdfsCommand, ...string[]],
  options: CliOptions = {},
): Promise<CliResult> {
  const { command, args: javaArgs, env } = hdfsCliCall(cluster, args, options);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS_DEFAULT;
  return new Promise((resolve, reject) => {
    const limits = {
      cwd: cluster.dir,
      env,
      timeout: timeoutMs,
      maxBuffer: OUTPUT_BYTES_MAX,
      encoding: options.encoding ?? "utf8",
    } as const;
    const child = execFile(command, javaArgs, limits, (error, stdout, stderr) => {
      if (error === null) return resolve({ status: 0, stdout, stderr });
      if (typeof error.code === "number") return resolve({ status: error.code, stdout, stderr });
      reject(
        new Error(`hdfs ${args.join(" ")} on ${cluster.name} (limit ${timeoutMs} ms): ${error.message}`),
      );
    });
    // A command that does not read its input closes the pipe; its status says what matters.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}

/** The command line itself, for those who start and measure the process themselves. */
export function hdfsCliCall(
  cluster: CliTarget,
  args: readonly [HdfsCommand, ...string[]],
  options: CliOptions = {},
): JavaCall {
  const [command, ...rest] = args;
  const user = options.user ?? cluster.superuser;
  const realm = cluster.kerberos;
  return javaCall({
    mainClass: MAIN_CLASSES[command],
    args: rest,
    classPath: [cluster.clientConf, ...cluster.classPath],
    user,
    kerberos: realm === null ? undefined : { krb5Conf: realm.krb5Conf, ticketCache: realm.login(user) },
    heapMib: options.heapMib,
    jvmFlags: options.jvmFlags,
  });
}
