/** An agent's key as stored. */
import type { Selectable } from "kysely";
import type { ControlTables } from "./tables.ts";

export type StoredAgent = Readonly<Selectable<ControlTables["agents"]>>;
