/** The class path of the Hadoop daemons and tools: Maven resolves it once from maven/pom.xml; the result is kept in
 * the repository's `.cache/testbed/` under the hash of the pom. scripts/setup.sh knows the same file name. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Receives one line at a time of what a person may want to know while waiting. */
export type Progress = (line: string) => void;

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const CACHE = join(dirname(dirname(PACKAGE)), ".cache", "testbed");
const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath";
/** About 100 MB come on a fresh machine: 15 s on a fast line. */
const RESOLVE_TIMEOUT_MS = 15 * 60_000;
const PROGRESS_EVERY_MS = 2_000;
const OUTPUT_KEPT_CHARACTERS = 8_000;

/** The jars, as absolute paths. Resolves them when that was not done yet for this pom, or when a jar has gone. */
export async function hdfsClassPath(progress: Progress = () => {}, signal?: AbortSignal): Promise<string[]> {
  const pom = join(PACKAGE, "maven", "pom.xml");
  const key = createHash("sha256")
    .update(await readFile(pom))
    .digest("hex")
    .slice(0, 16);
  const file = join(CACHE, `hdfs-${key}.classpath`);
  const cached = await readJars(file);
  if (cached !== null) return cached;

  await mkdir(CACHE, { recursive: true });
  const fresh = `${file}.${process.pid}`;
  try {
    await resolve(pom, fresh, progress, signal);
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
  const jars = await readJars(file);
  if (jars === null)
    throw new Error(`testbed: Maven resolved a class path whose jars are not there: ${file}`);
  progress(`class path of ${jars.length} jars resolved`);
  return jars;
}

/** Null when the file or one of its jars is missing. */
async function readJars(file: string): Promise<string[] | null> {
  if (!existsSync(file)) return null;
  const jars = (await readFile(file, "utf8")).trim().split(":");
  return jars.length > 0 && jars.every((jar) => existsSync(jar)) ? jars : null;
}

function resolve(pom: string, outputFile: string, progress: Progress, signal?: AbortSignal): Promise<void> {
  progress("fetching Hadoop 3.4.2 and what it needs with Maven: about 100 MB on a fresh machine, once");
  return new Promise((resolvePromise, reject) => {
    const maven = spawn("mvn", ["-B", "-f", pom, PLUGIN, `-Dmdep.outputFile=${outputFile}`], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: RESOLVE_TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    let fetched = 0;
    let output = "";
    let spokenAt = Date.now();
    const hear = (text: string): void => {
      output = (output + text).slice(-OUTPUT_KEPT_CHARACTERS);
      fetched += text.split("Downloaded from").length - 1;
      if (fetched > 0 && Date.now() - spokenAt >= PROGRESS_EVERY_MS) {
        spokenAt = Date.now();
        progress(`fetched ${fetched} files`);
      }
    };
    maven.stdout.setEncoding("utf8").on("data", hear);
    maven.stderr.setEncoding("utf8").on("data", hear);
    maven.once("error", (error) => {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      reject(
        missing
          ? new Error("testbed: no `mvn` in PATH; install Maven (Debian: apt-get install maven)")
          : error,
      );
    });
    maven.once("close", (code, killedBy) => {
      if (code === 0) return resolvePromise();
      const end =
        killedBy === null ? `exit code ${code}` : `ended by ${killedBy} (limit ${RESOLVE_TIMEOUT_MS} ms)`;
      reject(new Error(`testbed: Maven could not resolve ${pom}: ${end}\n${output}`));
    });
  });
}
