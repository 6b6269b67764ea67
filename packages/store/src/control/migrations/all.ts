/** The control device's migrations in order. */
import type { Migration } from "../../migration.ts";
import { up as runs } from "./001-runs.ts";
import { up as access } from "./002-access.ts";
import { up as moments } from "./003-moments.ts";
import { up as alerts } from "./004-alerts.ts";
import { up as removals } from "./005-removals.ts";
import { up as acting } from "./006-acting.ts";
import { up as scheduleBegun } from "./007-schedule-begun.ts";

export const controlMigrations: readonly Migration[] = [
  { name: "001-runs", up: runs },
  { name: "002-access", up: access },
  { name: "003-moments", up: moments },
  { name: "004-alerts", up: alerts },
  { name: "005-removals", up: removals },
  { name: "006-acting", up: acting },
  { name: "007-schedule-begun", up: scheduleBegun },
];
