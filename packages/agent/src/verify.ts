/**
 * verify: every file that moved is read back from the secondary's staging and compared with the digest it was sent with; then
 * attributes and times are given and read back. What did not move is covered by its base, and by the listing before the seal.
 */
import { CoevalError } from "@coeval/core/errors";
import { byteText } from "@coeval/core/model/byte-text";
import type { Entry } from "@coeval/core/model/entry";
import type { Holding, Staged } from "@coeval/core/ports/target";
import type { Result } from "@coeval/core/protect/instruction";
import type { Change } from "@coeval/core/protect/transfer";
import type { Context, StepContext } from "./context.ts";
import { runFile } from "./folders.ts";
import { holdingOf, type OpenOrder, readOpening } from "./holding.ts";
import { proveIdentity } from "./identity.ts";
import { persist } from "./persist.ts";
import { inParallel } from "./pool.ts";
import { createMeter } from "./progress.ts";
import { countOf } from "./run-lines.ts";
import { readValues } from "./transfer/files.ts";
import { type OwnTransfer, ownTransfer } from "./transfer/own-transfer.ts";
import type { Held } from "./transfer/work.ts";

/** Files read back at once. */
const READ_BACK_AT_ONCE = 32;
/** Attempts on each while the cluster is away. */
const ATTEMPTS_MAX = 8;

export async function verify(context: StepContext<"verify">): Promise<Result> {
  const { world, instruction, cancel, target } = context;
  const { holding, result } = await received(context);
  await patiently(context, () => proveIdentity(target, instruction.identity, instruction.cluster, cancel));
  const changes = () => readValues<Change>(world, runFile(instruction.run, "changes"));
  const meter = createMeter(world.clock, context.report);
  meter.start("reading back", result.moved.files, result.moved.bytes);
  await inParallel(
    parentsFirst(staged(changes(), "put")),
    READ_BACK_AT_ONCE,
    async ({ entry, at, parent, made }) => {
      await parent;
      try {
        if (entry.type === "file") {
          await patiently(context, () => readBack(context, holding, at, entry));
          meter.count(1, entry.length);
        }
        await patiently(context, () => target.finishStaged(holding, at, entry, cancel));
      } finally {
        made();
      }
    },
  );
  const { filesDone: files, bytesDone: bytes } = meter;
  // Directories get their times when nothing is made in them any more.
  await inParallel(staged(changes(), "times"), READ_BACK_AT_ONCE, ({ entry, at }) =>
    patiently(context, () => target.finishStaged(holding, at, entry, cancel)),
  );
  context.tell(
    `read back and equal: ${countOf(files, "file")} of ${byteText(bytes)}; attributes and times given`,
  );
  return { step: "verify", files, bytes };
}

/** A cluster that is away for a moment must not cost the whole transfer. */
function patiently<T>(context: Context, work: () => Promise<T>): Promise<T> {
  return persist(context, "reading back", ATTEMPTS_MAX, work);
}

/** What this agent was told of a run's directory and transfer, and what came of it. */
export interface Received {
  readonly holding: Holding;
  readonly opening: OpenOrder;
  readonly order: OwnTransfer["order"];
  readonly result: Held;
}

/** Of the same run. @throws CoevalError `protocol` when it has not received anything. */
export async function received(context: Context): Promise<Received> {
  const { db, instruction } = context;
  const opening = await readOpening(db, instruction.run);
  const transfer = await ownTransfer(db, instruction.run, "target");
  if (!opening || !transfer?.result)
    throw new CoevalError("protocol", `${instruction.order.step} came before anything was received`);
  return {
    holding: await holdingOf(context, instruction, opening.order),
    opening: opening.order,
    order: transfer.order,
    result: transfer.result,
  };
}

async function readBack(context: Context, holding: Holding, at: Staged, entry: Entry): Promise<void> {
  const hasher = context.world.hash.sha256();
  let bytes = 0;
  for await (const chunk of context.target.readStaged(holding, at, entry, context.cancel)) {
    hasher.update(chunk);
    bytes += chunk.length;
  }
  if (bytes === entry.length && hasher.hex() === entry.sha256) return;
  const path = `${entry.set}/${entry.path}`;
  throw new CoevalError("corrupt", `${path}: read back from the secondary it differs from what was sent`, {
    evidence: [path],
  });
}

async function* staged(
  changes: AsyncIterable<Change>,
  kind: "put" | "times",
): AsyncGenerator<{ readonly entry: Entry; readonly at: Staged }> {
  for await (const change of changes) {
    if (change.kind === kind && change.at) yield { entry: change.entry, at: change.at };
  }
}

interface StagedItem {
  readonly entry: Entry;
  readonly at: Staged;
}

/**
 * What is made in a directory changes its time, and a directory is made only within one that exists: so each entry waits
 * for the directory it lies in. In manifest order that one comes before, and only one chain of directories is held.
 */
async function* parentsFirst(
  items: AsyncIterable<StagedItem>,
): AsyncGenerator<StagedItem & { readonly parent: Promise<void> | undefined; readonly made: () => void }> {
  const chain: { readonly entry: Entry; readonly made: Promise<void> }[] = [];
  for await (const item of items) {
    while (chain.length > 0 && !liesIn(item.entry, (chain.at(-1) as { entry: Entry }).entry)) chain.pop();
    const parent = chain.at(-1)?.made;
    const made = Promise.withResolvers<void>();
    if (item.entry.type === "directory") chain.push({ entry: item.entry, made: made.promise });
    yield { ...item, parent, made: made.resolve };
  }
}

function liesIn(entry: Entry, directory: Entry): boolean {
  return (
    entry.set === directory.set && (directory.path === "" || entry.path.startsWith(`${directory.path}/`))
  );
}
