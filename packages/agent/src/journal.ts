/** The switch's journal: the changes of the run, kept on the cluster too while others stand by, who may have to take them back. */
import type { Holding } from "@coeval/core/ports/target";
import type { Change } from "@coeval/core/protect/transfer";
import { readLines } from "@coeval/core/model/manifest";
import type { Context } from "./context.ts";
import { runFile } from "./folders.ts";
import { writeValues } from "./transfer/files.ts";

/** Puts it on the cluster; nothing when this agent stands alone. */
export async function leaveJournal(context: Context, holding: Holding): Promise<void> {
  const { world, instruction, target, cancel, lease } = context;
  if (!lease.others) return;
  await target.writeJournal(holding, world.files.read(runFile(instruction.run, "changes")), cancel);
}

/** Brings the one that another agent left to where the switch reads it. */
export async function bringJournal(context: Context, holding: Holding): Promise<void> {
  const { world, instruction, target, cancel } = context;
  const path = runFile(instruction.run, "changes");
  if ((await world.files.size(path)) !== null) return;
  await writeValues(
    world,
    path,
    readLines<Change>(target.readJournal(holding, cancel), "the switch's journal"),
  );
}
