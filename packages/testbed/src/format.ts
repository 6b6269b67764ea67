/** Makes an empty namespace for a NameNode (`NameNode -format`), 1–2 s of a JVM. A namespace that is there is kept. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { javaCall } from "./java.ts";

export interface FormatRequest {
  readonly name: string;
  readonly dir: string;
  readonly conf: string;
  readonly classPath: readonly string[];
  readonly user: string;
  readonly krb5Conf: string | null;
  readonly signal?: AbortSignal | undefined;
}

const FORMAT_TIMEOUT_MS = 60_000;
const FORMAT_OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

export async function formatNameNode(request: FormatRequest): Promise<void> {
  if (existsSync(join(request.dir, "name", "current", "VERSION"))) return;
  const { command, args, env } = javaCall({
    mainClass: "org.apache.hadoop.hdfs.server.namenode.NameNode",
    args: ["-format", "-force", "-nonInteractive"],
    classPath: [request.conf, ...request.classPath],
    user: request.user,
    kerberos: request.krb5Conf === null ? undefined : { krb5Conf: request.krb5Conf },
    heapMib: 128,
    properties: { "testbed.log": join(request.dir, "logs", "format.log") },
  });
  try {
    await promisify(execFile)(command, args, {
      env,
      cwd: request.dir,
      timeout: FORMAT_TIMEOUT_MS,
      maxBuffer: FORMAT_OUTPUT_BYTES_MAX,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
  } catch (error) {
    const { code, message, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT")
      throw new Error("testbed: no `java` found; install Java 17 (Debian: openjdk-17-jre-headless)");
    if (request.signal?.aborted) throw error;
    throw new Error(
      `testbed cluster "${request.name}": format failed: ${message}\n${(stderr ?? "").slice(-2_000)}`,
    );
  }
}
