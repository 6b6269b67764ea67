/**
 * The application that lives on the primary: it edits the data sets all the time, harder around a moment, in every way HDFS
 * allows, and writes a serial number first to A, then to B, so that B is never ahead of A at any instant.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Workload } from "@coeval/drivers/memory/workload";
import type { NameSystem } from "@coeval/drivers/memory/name-system";
import { EDITS, GROWING, type View } from "./edits.ts";
import type { Seed } from "../world/seed.ts";
import type { Timeline } from "../world/timeline.ts";
import type { History } from "./history.ts";
import { createOpenFiles } from "./open-files.ts";
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

/** Around a moment it writes this often, … */
const HOT_MS = 150;
const HOT_GAP_MS = 5;
/** … else so often. */
const COLD_GAP_MS = 150;
const FIRST_EDITS = 30;
/** Between A and B. */
const PAIR_GAP_MS = { least: 0.1, most: 3 } as const;

export function createWriter(parts: WriterParts): Writer {
  const { timeline, seed, workload, history } = parts;
  const files = createOpenFiles(seed, workload);
  const foreign: string[] = [];
  let hotMs = Number.NEGATIVE_INFINITY;
  let serial = 0;
  let stopped = true;
  let sleeping = (): void => undefined;

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
    edit(() => seed.pick([...EDITS, pair, files.open, files.grow, files.close])(look(parts)));
    const gapMs = Math.abs(timeline.nowMs - hotMs) < HOT_MS ? HOT_GAP_MS : COLD_GAP_MS;
    sleeping = timeline.after(seed.between(0.05, 2 * gapMs), step);
  }

  function pair(): void {
    const text = String(++serial);
    putSerial(parts, 0, SERIAL_A, text);
    timeline.after(seed.between(PAIR_GAP_MS.least, PAIR_GAP_MS.most), () => {
      if (!stopped) edit(() => putSerial(parts, -1, SERIAL_B, text));
    });
  }

  return {
    foreign,
    edit: (act) => edit(() => act(workload)),
    hurryAround(trueMs) {
      hotMs = trueMs;
      timeline.at(trueMs - HOT_MS, () => {
        sleeping();
        step();
      });
    },
    start() {
      stopped = false;
      for (let edits = 0; edits < FIRST_EDITS; edits++) edit(() => seed.pick(GROWING)(look(parts)));
      step();
    },
    stop() {
      if (stopped) return;
      edit(() => files.closeAll());
      stopped = true;
    },
  };
}

/** The tree as it is now. */
function look({ seed, workload, names, directories }: WriterParts): View {
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

/** @param which of the data sets, from the end when negative. One that was removed does not come back by itself. */
function putSerial({ directories, workload }: WriterParts, which: number, name: string, text: string): void {
  const directory = directories.at(which) as string;
  if (workload.exists(directory)) workload.write(`${directory}/${name}`, text);
}
