/** Clusters as the API gives them: the document with what is known of it now. */
import { z } from "zod";
import { agentResource } from "./agent.ts";
import { clusterSpec } from "./cluster-document.ts";
import { resourceOf } from "./envelope.ts";
import { clockReading } from "./clock.ts";
import { instantText, listOf, msNumber } from "./fields.ts";
import { named } from "./registry.ts";

/** What is known of the cluster now. */
export const clusterStatus = named(
  "ClusterStatus",
  z.object({
    state: z.enum([
      "ok",
      "no-agent",
      "agent-away",
      "unreachable",
      "other-cluster",
      "registered-twice",
      "safe-mode",
      "clock-off",
    ]),
    cause: z.string().nullable().describe("the first cause when the state is not ok"),
    role: z.enum(["primary", "secondary", "mixed", "none"]),
    identity: z
      .object({ clusterId: z.string(), namespaceId: z.string() })
      .nullable()
      .describe("pinned at the first meeting, proven before every act"),
    version: z.string().nullable().describe("of its software"),
    capacityBytes: z.number().nullable(),
    remainingBytes: z.number().nullable(),
    agent: agentResource.nullable().describe("the one that acts, or will when it connects"),
    agents: z.array(agentResource).describe("all that are enrolled, the acting one among them"),
    clock: clockReading
      .extend({
        apart: z
          .object({ offsetMs: msNumber, errorMs: msNumber })
          .nullable()
          .describe("how far the agent's view of the source is ahead of the control device's"),
      })
      .nullable()
      .describe("the shared clock as the agent reads it"),
    clockFailure: z.string().nullable().describe("why the agent could not read it last"),
    clusterClock: z
      .object({ offsetMs: msNumber, errorMs: msNumber, ageMs: msNumber })
      .nullable()
      .describe(
        "how far the cluster's own clock is ahead of the shared one, told from its snapshots' stamps",
      ),
    voidSnapshots: z.number().int().describe("snapshots that wait for their turn to be deleted"),
    lastSeenAt: instantText.nullable(),
  }),
);
export type ClusterStatusResource = z.infer<typeof clusterStatus>;

/** One cluster. */
export const clusterResource = named("Cluster", resourceOf("Cluster", clusterSpec, clusterStatus));
export type ClusterResource = z.infer<typeof clusterResource>;

/** Every cluster that the caller's scopes name. */
export const clusterList = named("ClusterList", listOf(clusterResource));
