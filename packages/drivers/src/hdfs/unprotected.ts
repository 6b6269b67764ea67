/** A file system whose data goes unprotected although callers are known by Kerberos: right where DataNodes listen on privileged ports,
 * else they end each connection without a word. The words are added here. */
import { CoevalError } from "@coeval/core/errors";
import { isHdfsError } from "@coeval/hadoop/errors";
import type { FileSystem } from "./file-system.ts";

/** The fix. */
const HINT =
  "if the DataNodes ask for protection, say which: spec.hdfs.kerberos.dataTransferProtection, or dfs.data.transfer.protection of --hadoop-conf";

export function unprotected(fs: FileSystem): FileSystem {
  return {
    ...fs,
    async create(...given) {
      try {
        return await fs.create(...given);
      } catch (thrown) {
        throw withHint(thrown);
      }
    },
    async *open(...given) {
      try {
        yield* fs.open(...given);
      } catch (thrown) {
        throw withHint(thrown);
      }
    },
  };
}

function withHint(thrown: unknown): unknown {
  if (!(thrown instanceof CoevalError)) return thrown;
  if (!isHdfsError(thrown.cause, "connectionLost", "unreachable", "blockMissing", "diskFull")) return thrown;
  const { code, message, evidence } = thrown;
  return new CoevalError(code, `${message}; ${HINT}`, { evidence, cause: thrown.cause });
}
