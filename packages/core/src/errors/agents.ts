/** The catalogue's failures of a cluster's several agents. */
import { type CatalogueEntry, entry } from "./entry.ts";

/** code → entry; part of the whole catalogue. */
export const agentErrors = {
  "agent-not-ready": entry(
    409,
    "later",
    "The agent that acts for a cluster does not keep what the next point goes on from, yet.",
    "It is copied from another agent that keeps it: start one, on either cluster; `coeval agent list` shows which are away.",
  ),
} as const satisfies Record<string, CatalogueEntry>;
