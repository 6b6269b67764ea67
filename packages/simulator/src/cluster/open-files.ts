/** The files that an application holds open: written and flushed for a while, and closed some time, maybe after a snapshot. */
import type { OpenWriter } from "@coeval/drivers/memory/edit";
import type { Workload } from "@coeval/drivers/memory/workload";
import type { Seed } from "../world/seed.ts";
import { type Edit, newPath } from "./edits.ts";

export interface OpenFiles {
  readonly open: Edit;
  readonly grow: Edit;
  readonly close: Edit;
  closeAll(): void;
}

const OPEN_MAX = 3;
const BYTES_MAX = 500;

export function createOpenFiles(seed: Seed, workload: Workload): OpenFiles {
  const writers: OpenWriter[] = [];
  return {
    open(view) {
      if (writers.length >= OPEN_MAX) return;
      const path = seed.chance(0.5) && view.files.length > 0 ? seed.pick(view.files) : newPath(view);
      if (path) writers.push(workload.open(path));
    },
    grow() {
      if (writers.length > 0) seed.pick(writers).write(seed.bytes(seed.whole(1, BYTES_MAX)));
    },
    close() {
      const [writer] = writers.splice(seed.whole(0, Math.max(0, writers.length - 1)), 1);
      writer?.close();
    },
    closeAll() {
      for (const writer of writers) writer.close();
    },
  };
}
