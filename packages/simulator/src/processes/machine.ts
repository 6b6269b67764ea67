/** What outlives a process: its machine's clock, its disk, its database, its key. And the process that runs there now. */
import type { OpenTimeSource } from "@coeval/core/ports/time-source";
import type { World } from "@coeval/core/ports/world";
import type { Database } from "@coeval/store/database";
import { createClock, createTimepiece, type Timepiece } from "../world/clock.ts";
import { createDisk, createFiles, type Disk } from "../world/files.ts";
import { hash, type Key, type KeyRing } from "../world/hash.ts";
import { type CrashPoint, createLife, type Life } from "../world/life.ts";
import type { LogBook } from "../world/log.ts";
import type { Net } from "../world/network.ts";
import type { Seed } from "../world/seed.ts";
import type { Timeline } from "../world/timeline.ts";
import { type TimeServers, timeSources } from "../world/time-server.ts";
import { createDatabaseDisk, type DatabaseDisk, watchDatabase } from "../world/database.ts";

export type ProcessName = "control" | "east" | "west";
/** The agents that stand by for those of the clusters, where a plan has any. */
export type StandbyName = "east2" | "west2";
export type MachineName = ProcessName | StandbyName;

/** What all machines share. */
export interface Universe {
  readonly seed: Seed;
  readonly timeline: Timeline;
  readonly book: LogBook;
  readonly keys: KeyRing;
  readonly net: Net;
  readonly timeServers: TimeServers;
}

export interface Machine<Tables> {
  readonly name: MachineName;
  readonly timepiece: Timepiece;
  readonly disk: Disk;
  /** Below the database; another one than below the data folder. */
  readonly databaseDisk: DatabaseDisk;
  readonly key: Key;
  /** The handle that the next process, or a checker, may use. */
  readonly database: Database<Tables>;
  /** The process that runs, or ran last; null before the first. */
  readonly life: Life | null;
  /** A new life, with its world and its view of the database. @throws TypeError while one is alive. */
  begin(crashed: () => void): Begun<Tables>;
  /** From now on the present or next life counts its port calls for this crash; null for none. */
  crashAt(point: CrashPoint | null): void;
}

export interface Begun<Tables> {
  readonly life: Life;
  readonly world: World;
  readonly database: Database<Tables>;
  readonly openTimeSource: OpenTimeSource;
}

export function createMachine<Tables>(
  universe: Universe,
  name: MachineName,
  database: Database<Tables>,
  clock: { readonly driftPpm: number; readonly aheadMs: number },
): Machine<Tables> {
  const { timeline, book, keys } = universe;
  const seed = universe.seed.stream(name);
  const timepiece = createTimepiece(clock.driftPpm, clock.aheadMs, seed.between(1000, 1e7));
  const disk = createDisk();
  const databaseDisk = createDatabaseDisk();
  let handle = database;
  let life: Life | null = null;
  let lives = 0;
  let point: CrashPoint | null = null;

  return {
    name,
    timepiece,
    disk,
    databaseDisk,
    key: keys.create(name),
    get database() {
      return handle;
    },
    get life() {
      return life;
    },
    crashAt(next) {
      point = next;
      if (life?.alive) life.crashAt(next);
    },
    begin(crashed) {
      if (life?.alive) throw new TypeError(`${name} is running already`);
      const chance = seed.stream(`life ${++lives}`);
      const mine = createLife(name, (label) => {
        point = null;
        book.write(name, "crashed", { at: label, call: mine.calls });
        crashed();
      });
      mine.crashAt(point);
      life = mine;
      const inner = handle;
      mine.onCrash(() => {
        handle = inner.crash();
      });
      book.write(name, "started", { life: lives });
      const clock = createClock(timeline, timepiece, mine, chance.stream("clock"));
      const asking = { timeline, life: mine, clock, seed: chance.stream("ntp") };
      const world: World = {
        clock,
        random: chance.stream("random"),
        hash,
        signatures: keys,
        files: createFiles(timeline, disk, mine, chance.stream("files")),
        log: book.of(mine),
      };
      const below = { disk: databaseDisk, timeline, seed: chance.stream("database") };
      return {
        life: mine,
        world,
        database: watchDatabase(inner, mine, below),
        openTimeSource: timeSources(universe.timeServers, asking),
      };
    },
  };
}
