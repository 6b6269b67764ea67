/** All of the agent's migrations, in order. */
import type { Migration } from "../../migration.ts";
import { up as agent } from "./001-agent.ts";

export const agentMigrations: readonly Migration[] = [{ name: "001-agent", up: agent }];
