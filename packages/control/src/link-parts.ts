/** What one connection needs of the rest of the control device. */
import type { FromAgent } from "@coeval/contract/wire/link";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Acting } from "./acting.ts";
import type { Authority } from "./authority.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Link } from "./link.ts";
import type { ControlClock } from "./shared-clock.ts";
import type { Refusals } from "./refusals.ts";
import type { Records } from "./records.ts";

export interface LinkParts {
  /** `control-…`. */
  readonly id: string;
  readonly clock: ControlClock;
  readonly db: ControlQueries;
  readonly records: Records;
  readonly authority: Authority;
  readonly refusals: Refusals;
  readonly dispatcher: Pick<Dispatcher, "answered" | "reported">;
  readonly acting: Pick<Acting, "termOf" | "confirmed" | "changed">;
  /** An agent has said hello and may be instructed from now on. */
  opened(link: Link): Promise<void>;
  /** Any message of the agent came. */
  heard(link: Link): void;
  said(link: Link, status: StatusMessage): Promise<void>;
  closed(link: Link): void;
  /** An agent was turned away before it had a link. */
  refused(fingerprint: string, why: string): void;
  /** Keys were revoked: agents must hear of it, links of those keys end. */
  revoked(fingerprints: readonly string[]): Promise<void>;
}

export type StatusMessage = Extract<FromAgent, { say: "status" }>;
export type AgentMessage<Say extends FromAgent["say"]> = Extract<FromAgent, { say: Say }>;
