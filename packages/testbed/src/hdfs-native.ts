/** hdfs-native, the HDFS client in Rust, by its Python package: another's eyes on what a client of ours wrote, and files of
 * another's hand for it to read. It is installed into a folder of the testbed's own, where it is not there already. */
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What it needs to know of a cluster. */
export interface HdfsNativeTarget {
  readonly dir: string;
  readonly nameNodeRpc: string;
  readonly superuser: string;
}

/** See the top of this file. */
export interface HdfsNative {
  /** Writes the files, each in its own path, over what is there. */
  write(files: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** The files' contents, in the order of the paths. */
  read(paths: readonly string[]): Promise<Uint8Array[]>;
}

/** As measured against and read with; the benchmark takes whatever is installed. */
const VERSION = "0.14.7";
const SCRIPT = fileURLToPath(new URL("../by_hdfs_native.py", import.meta.url));
const INSTALL_MS_MAX = 120_000;
const RUN_MS_MAX = 120_000;

/** The Python that has it; fails when it cannot be installed. */
export async function findHdfsNative(): Promise<string> {
  const own = fileURLToPath(new URL("../../../.testbed/hdfs-native", import.meta.url));
  const ownPython = join(own, "bin", "python3");
  for (const python of ["python3", ownPython]) {
    const has = await run(python, ["-c", "import hdfs_native"], {}).then(
      () => true,
      () => false,
    );
    if (has) return python;
  }
  await run("python3", ["-m", "venv", own], {}, INSTALL_MS_MAX);
  const install = ["-m", "pip", "install", "--quiet", `hdfs-native==${VERSION}`];
  await run(ownPython, install, {}, INSTALL_MS_MAX);
  return ownPython;
}

/** See {@link HdfsNative}. `python` is what findHdfsNative found. */
export function hdfsNative({ dir, nameNodeRpc, superuser }: HdfsNativeTarget, python: string): HdfsNative {
  const work = async (what: "write" | "read", pairs: readonly string[]): Promise<void> =>
    run(python, [SCRIPT, nameNodeRpc, what, ...pairs], { HADOOP_USER_NAME: superuser });
  const locals = join(dir, "tmp", "hdfs-native");
  const localOf = (index: number): string => join(locals, String(index));
  const fresh = async (): Promise<void> => {
    await rm(locals, { recursive: true, force: true });
    await mkdir(locals, { recursive: true });
  };
  return {
    async write(files) {
      await fresh();
      const entries = [...files];
      for (const [index, [, bytes]] of entries.entries()) await writeFile(localOf(index), bytes);
      await work(
        "write",
        entries.flatMap(([path], index) => [path, localOf(index)]),
      );
    },
    async read(paths) {
      await fresh();
      await work(
        "read",
        paths.flatMap((path, index) => [path, localOf(index)]),
      );
      return Promise.all(paths.map(async (_, index) => new Uint8Array(await readFile(localOf(index)))));
    },
  };
}

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMs = RUN_MS_MAX,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, timeout: timeoutMs };
    execFile(program, args, options, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${program} ${args.slice(0, 4).join(" ")}: ${stderr || error.message}`));
    });
  });
}
