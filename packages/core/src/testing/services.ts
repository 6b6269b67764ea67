/** A service with a policy of a test's making, and the clocks of a zone that change twice. */
import { parseInstant } from "../model/instant.ts";
import { type Policy, policyDefaults } from "../model/policy.ts";
import type { Service } from "../model/service.ts";
import type { FakeZone } from "./fake-calendar.ts";

const HOUR_MS = 3_600_000;

/** @param policy what is not the default. */
export function serviceWith(policy: Partial<Policy>): Service {
  return {
    name: "billing",
    primary: "east",
    secondary: "west",
    dataSets: [{ name: "ledger", component: "hdfs", path: "/data/ledger" }],
    mapping: { source: "/data", target: "/coeval/billing" },
    policy: {
      ...policyDefaults,
      direction: "push",
      tolerance: { windowMs: 100, beyond: "refuse", openFiles: "refuse" },
      ...policy,
    },
  };
}

/** Berlin in 2026: 02:00 becomes 03:00 on 29 March, 03:00 becomes 02:00 on 25 October. */
export const berlin2026: FakeZone = {
  offsetMs: HOUR_MS,
  changes: [
    { at: parseInstant("2026-03-29T01:00:00Z"), offsetMs: 2 * HOUR_MS },
    { at: parseInstant("2026-10-25T01:00:00Z"), offsetMs: HOUR_MS },
  ],
};
