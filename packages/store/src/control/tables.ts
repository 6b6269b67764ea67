/** The control device's tables, as Kysely sees them. JSON columns hold values of core's types; instants are ms of the shared clock. */
import type { Generated } from "kysely";
import type { Database, Queries, Writes } from "../database.ts";
import type { AccessTables } from "./access-tables.ts";

export interface ControlTables extends AccessTables {
  settings: { key: string; value: string };
  clusters: {
    name: string;
    /** JSON of core's Cluster. */
    definition: string;
    /** JSON of core's ClusterIdentity; null until an agent has proven it. */
    identity: string | null;
    /** Counts from 1; the API's ETag. */
    version: number;
  };
  agents: {
    /** SHA-256 of the key's SubjectPublicKeyInfo: a renewal keeps it. */
    fingerprint: string;
    cluster: string;
    agent: string;
    certificate: string;
    enrolledAt: number;
    revokedAt: number | null;
    lastSeenAt: number | null;
  };
  /** The one agent of each cluster that acts. */
  acting: {
    cluster: string;
    agent: string;
    fingerprint: string;
    term: number;
    since: number;
    /** 1: it has confirmed that it stops its work when it hears nothing. */
    leased: number;
    why: string | null;
  };
  enrolments: {
    id: string;
    secretSha256: string;
    cluster: string;
    agent: string;
    expiresAt: number;
    usedAt: number | null;
  };
  services: {
    name: string;
    /** JSON of core's Service. */
    definition: string;
    version: number;
    /** Stays through deletion: agents refuse lower ones for ever. */
    epoch: number;
    deletedAt: number | null;
  };
  runs: {
    id: string;
    service: string;
    /** JSON of core's Run. */
    state: string;
    phase: string;
    /** JSON of core's Failure. */
    cause: string | null;
    /** JSON of core's deadline command: armed anew after a restart. */
    deadline: string | null;
    moment: number;
    startedAt: number;
    endedAt: number | null;
  };
  runLogs: { sequence: Generated<number>; run: string; at: number; text: string };
  instructions: {
    /** The order in which they were given. */
    number: Generated<number>;
    id: string;
    run: string;
    cluster: string;
    /** JSON of core's Instruction. */
    body: string;
    /** `open` · `answered` · `withdrawn`: the run was given up before an answer came. */
    state: string;
    /** JSON of core's Outcome. */
    outcome: string | null;
  };
  points: {
    /** The chain's order. */
    number: Generated<number>;
    id: string;
    service: string;
    run: string;
    moment: number;
    sealedAt: number;
    /** JSON of core's Grade. */
    grade: string;
    label: string | null;
    /** JSON of core's Certificate. */
    certificate: string;
    certificateSha256: string;
  };
  /** What agents are told of services that were deleted. */
  removals: {
    number: Generated<number>;
    /** The instruction's id. */
    instruction: string;
    run: string;
    service: string;
    /** JSON of core's Instruction. */
    body: string;
    /** `open` · `answered`. */
    state: string;
    /** JSON of core's Outcome. */
    outcome: string | null;
  };
  /** How far each service's policy was answered: its last moment that was armed or told. */
  /** `own` 1: `last` is what the control device's own clock showed, from before the shared clock was read. */
  schedules: { service: string; last: number; own: Generated<number> };
  moments: {
    number: Generated<number>;
    service: string;
    moment: number;
    /** `run` · `missed` · `paused`. */
    fate: string;
    /** The run that took it. */
    run: string | null;
    /** JSON of core's Failure: why it was missed, or by which pause it was held. */
    cause: string | null;
    /** How many further moments of this fate, after this one, are counted only. */
    more: number;
    at: number;
  };
  /** Moments by fate, those too whose rows are gone. */
  momentTotals: { service: string; fate: string; total: number };
  pauses: {
    number: Generated<number>;
    what: string;
    /** Empty for all. */
    name: string;
    since: number;
    until: number | null;
    why: string;
    by: string;
  };
  /** One trouble that was told, from its appearance to its end. */
  alerts: {
    number: Generated<number>;
    /** The trouble's. */
    key: string;
    about: string;
    text: string;
    hint: string | null;
    since: number | null;
    raisedAt: number;
    /** Null while the trouble lasts. */
    overAt: number | null;
  };
  /** An alert's way to one target. */
  deliveries: {
    number: Generated<number>;
    /** The same at each try: whoever receives it twice can tell. */
    id: string;
    alert: number;
    /** `webhook/ops`, `mail`. */
    target: string;
    /** `raised` · `over`. */
    kind: string;
    at: number;
    /** `open` · `done` · `given-up`. */
    state: string;
    tries: number;
    /** Why the last try failed. */
    why: string | null;
  };
  /** What changed, for live views; the oldest go. */
  events: { sequence: Generated<number>; at: number; kind: string; object: string; details: string };
  /** Who did what: each row's hash covers the row before. */
  audit: {
    sequence: number;
    at: number;
    who: string;
    what: string;
    object: string;
    /** Canonical JSON. */
    details: string;
    previousSha256: string;
    sha256: string;
  };
}

export type ControlDatabase = Database<ControlTables>;
/** Operations that only read take this: the database or a transaction. */
export type ControlQueries = Queries<ControlTables>;
/** Operations that write take this: their effect is part of the caller's transaction. */
export type ControlWrites = Writes<ControlTables>;
