/** Agents: the processes beside the clusters. */
import { z } from "zod";
import { closed, instantText, listOf, nameText, sha256Text } from "./fields.ts";
import { named } from "./registry.ts";

/** One agent's key as the control device knows it; a revoked one stays listed. */
export const agentResource = named(
  "Agent",
  z.object({
    cluster: nameText,
    name: nameText,
    state: z.enum(["connected", "away", "revoked"]),
    fingerprint: sha256Text.describe("of its certificate's key"),
    enrolledAt: instantText,
    revokedAt: instantText.nullable(),
    lastSeenAt: instantText.nullable(),
    duty: z
      .enum(["acting", "standby", "none"])
      .describe("one agent of a cluster acts; the others stand by to take over"),
    actingSince: instantText.nullable().describe("null when it does not act"),
    term: z
      .number()
      .int()
      .nullable()
      .describe("counts the cluster's acting agents; null when it does not act"),
    tookOverBecause: z.string().nullable().describe("null for the cluster's first, and when it does not act"),
  }),
);
export type AgentResource = z.infer<typeof agentResource>;

/** Agents. */
export const agentList = named("AgentList", listOf(agentResource));

/** Asks for an enrolment. */
export const enrolAgent = named(
  "EnrolAgent",
  closed({ agent: nameText.optional().describe("default: the cluster's name") }),
);

/** The one answer that shows an enrolment's secret. */
export const enrolment = named(
  "Enrolment",
  z.object({
    cluster: nameText,
    agent: nameText,
    token: z.string().max(4000).describe("for `coeval agent --token-file`; good once"),
    expiresAt: instantText,
  }),
);
export type Enrolment = z.infer<typeof enrolment>;
