/** The switch's journal on the cluster itself: with it another agent than the one that began the switch takes it back. */
import { CoevalError } from "@coeval/core/errors";
import type { Holding } from "@coeval/core/ports/target";
import type { FileSystem } from "./file-system.ts";
import { asideRootPath, journalPath, runStagePath } from "./layout.ts";

/** Nobody but coeval reads it; it lives for the length of a switch. */
const FORM = { mode: 0o600, replication: 3, blockSize: 128 * 1024 * 1024 } as const;

export async function writeJournal(
  fs: FileSystem,
  holding: Holding,
  content: AsyncIterable<Uint8Array>,
  cancel: AbortSignal,
): Promise<void> {
  await fs.create(journalPath(holding), FORM, content, cancel);
}

/** @throws CoevalError `not-found`. */
export async function* readJournal(
  fs: FileSystem,
  holding: Holding,
  cancel: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const path = journalPath(holding);
  const status = await fs.status(path, cancel);
  if (!status) throw new CoevalError("not-found", `${path} is not there: the switch has no journal`);
  if (status.length > 0) yield* fs.open(path, 0, status.length, cancel);
}

/** The folder of what is set aside says that the switch has begun; without any staging it is over, or never was. */
export async function leftOf(
  fs: FileSystem,
  holding: Holding,
  cancel: AbortSignal,
): Promise<"nothing" | "staged" | "switching"> {
  if (await fs.status(asideRootPath(holding), cancel)) return "switching";
  return (await fs.status(runStagePath(holding), cancel)) ? "staged" : "nothing";
}
