/** The control device's migrations in order. */
import type { Migration } from "../../migration.ts";
import { up as runs } from "./001-runs.ts";

export const controlMigrations: readonly Migration[] = [{ name: "001-runs", up: runs }];
