/**
 * The application that lives on the primary: it edits the data sets all the time, harder around a moment, in every way HDFS
 * allows, and writes a serial number first to A, then to B, so that B is never ahead of A at any instant.
 */
import { CoevalError } from "@coeval/core/errors";
import type { OpenWriter } from "@coeval/drivers/memory/edit";
import type { Workload } from "@coeval/drivers/memory/workload";
import type { NameSystem } from "@coeval/drivers/memory/name-system";
import { EDITS, GROWING, newPath, type View } from "./edits.ts";
import type { Seed } from "../world/seed.ts";
import type { Timeline } from "../world/timeline.ts";
import type { History } from "./history.ts";
import { nodeAt, treeOf } from "./tree.ts";

export interface Writer {
  /** Writes hard around a true time. */
  hurryAround(trueMs: number): void;
  /** Begins to write; goes on until stopped. */
  start(): void;
  /** One edit out of turn, by the same application. */
  edit(act: (workload: Workload) => void): void;
  /** Ends, and closes what is open. */
  stop(): void;
  /** What somebody else changed on the live tree, found before the writer's own next edit. */
  readonly foreign: readonly string[];
}

export interface WriterParts {
  readonly timeline: Timeline;
  readonly seed: Seed;
  readonly names: NameSystem;
  readonly workload: Workload;
  readonly history: History;
  /** The data sets' directories, at least one. */
  readonly directories: readonly string[];
}

/** Names of the pair's files. */
export const SERIAL_A = "serial-a";
export const SERIAL_B = "serial-b";

const HOT_MS = 150;
const HOT_GAP_MS = 5;
const COLD_GAP_MS = 150;
const OPEN_MAX = 3;

export function createWriter(parts: WriterParts): Writer {
  const { timeline, seed, names, workload, history, directories } = parts;
  const open: { path: string; writer: OpenWriter }[] = [];
  const foreign: string[] = [];
  let hotMs = Number.NEGATIVE_INFINITY;
  let serial = 0;
  let stopped = true;

  const edit = (act: () => void): void => {
    if (foreign.length === 0) foreign.push(...history.foreignChanges());
    try {
      act();
    } catch (thrown) {
      // An edit may meet what an earlier one made of the tree; an application meets that too.
      if (!(thrown instanceof CoevalError)) throw thrown;
    }
    history.record();
  };

  function step(): void {
    if (stopped) return;
    const acts = [...EDITS, pair, openFile, growFile, closeFile];
    edit(() => seed.pick(acts)(look()));
    const gapMs = Math.abs(timeline.nowMs - hotMs) < HOT_MS ? HOT_GAP_MS : COLD_GAP_MS;
    timeline.after(seed.between(0.05, 2 * gapMs), step);
  }

  function look(): View {
    const files: string[] = [];
    const folders: string[] = [];
    for (const directory of directories) {
      const top = nodeAt(names, directory);
      if (top?.type !== "directory") continue;
      for (const [path, node] of treeOf(top)) {
        const full = path === "" ? directory : `${directory}/${path}`;
        if (node.type === "directory") folders.push(full);
        else if (!full.endsWith(SERIAL_A) && !full.endsWith(SERIAL_B)) files.push(full);
      }
    }
    const isOpen = (path: string) => names.openFiles.has(nodeAt(names, path)?.id ?? 0);
    return { seed, workload, files, folders, tops: directories, isOpen };
  }

  function pair(): void {
    serial++;
    const text = String(serial);
    const put = (directory: string | undefined, name: string): void => {
      // A data set that was removed does not come back by itself.
      if (directory !== undefined && workload.exists(directory)) workload.write(`${directory}/${name}`, text);
    };
    put(directories[0], SERIAL_A);
    timeline.after(seed.between(0.1, 3), () => {
      if (!stopped) edit(() => put(directories.at(-1), SERIAL_B));
    });
  }

  function openFile(view: View): void {
    if (open.length >= OPEN_MAX) return;
    const path = seed.chance(0.5) && view.files.length > 0 ? seed.pick(view.files) : newPath(view);
    if (path) open.push({ path, writer: workload.open(path) });
  }

  function growFile(): void {
    if (open.length > 0) seed.pick(open).writer.write(seed.bytes(seed.whole(1, 500)));
  }

  function closeFile(): void {
    const [closed] = open.splice(seed.whole(0, Math.max(0, open.length - 1)), 1);
    closed?.writer.close();
  }

  return {
    foreign,
    edit: (act) => edit(() => act(workload)),
    hurryAround(trueMs) {
      hotMs = trueMs;
    },
    start() {
      stopped = false;
      for (let i = 0; i < 30; i++) edit(() => seed.pick(GROWING)(look()));
      step();
      // Around the moment it must not sleep through.
      const wake = (): void => {
        if (stopped) return;
        if (Math.abs(timeline.nowMs - hotMs) < HOT_MS) edit(() => seed.pick(EDITS)(look()));
        timeline.after(HOT_GAP_MS * 2, wake);
      };
      wake();
    },
    stop() {
      if (stopped) return;
      edit(() => {
        for (const { writer } of open) writer.close();
      });
      stopped = true;
    },
  };
}
