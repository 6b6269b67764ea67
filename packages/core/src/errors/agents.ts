/** The catalogue's failures of a cluster's several agents. */
import { type CatalogueEntry, entry } from "./entry.ts";

/** code → entry; part of the whole catalogue. */
export const agentErrors = {
  "agent-not-ready": entry(
    409,
    "later",
    "The agent that acts for a cluster has not confirmed that it acts, or does not keep yet what the next point goes on from.",
    "Wait: what it lacks is copied from another agent that keeps it, on either cluster; `coeval agent list` shows which are away.",
  ),
} as const satisfies Record<string, CatalogueEntry>;
