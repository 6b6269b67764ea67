/** The control device: what it is made of, and what can be asked of it. */
import type { Instant } from "@coeval/core/model/instant";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { Service } from "@coeval/core/model/service";
import type { Network } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import type { ControlDatabase } from "@coeval/store/control/tables";
import type { Agents } from "./agents.ts";
import type { Authority } from "./authority.ts";
import type { Clusters } from "./clusters.ts";
import type { Events } from "./events.ts";
import type { Points } from "./points.ts";
import type { Protect } from "./protect-service.ts";
import type { Records, Tx } from "./records.ts";
import type { Runs } from "./runs.ts";
import type { Services } from "./services.ts";
import type { Status } from "./status.ts";

export interface ControlOptions {
  readonly network: Network;
  readonly database: ControlDatabase;
  readonly authority: Authority;
  /** Where agents connect, `host:port`; port 0 picks a free one. */
  readonly linkAddress: string;
}

export interface Control {
  /** `control-…`; the shared clock's name is `control:` and this. */
  readonly id: string;
  /** The address bound for agents. */
  readonly linkAddress: string;
  readonly clusters: Clusters;
  readonly agents: Agents;
  readonly services: Services;
  readonly runs: Runs;
  readonly points: Points;
  readonly events: Events;
  readonly protect: Protect;
  /** Am I safe? Every cluster and every service, now. */
  status(): Promise<Status>;
  /**
   * One transaction of somebody else's operations (tokens, …): `tx.trx` is Kysely's, `tx.audit(who, what, object, details)` writes the
   * audit row of its effect, `tx.event(kind, object, details)` tells live views.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For reads: `control.database.db`. */
  readonly database: ControlDatabase;
  /** Ends links and timers; runs go on from the store at the next start. The database stays open: its opener closes it. */
  stop(): Promise<void>;
}
