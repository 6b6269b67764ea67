/**
 * The link: what an agent and the control device say to each other. The agent dials; the control device opens nothing.
 * Instructions are sent again after every reconnect until answered; answers come from the agent's journal, so repeats do no harm.
 */
import { SOURCE_LENGTH_MAX } from "@coeval/core/clock/source-name";
import { type ClusterStatus, type Inspection, PROTECTIONS } from "@coeval/core/model/cluster";
import type { SetSize } from "@coeval/core/ports/source";
import type { TimeServer } from "@coeval/core/ports/time-source";
import { z } from "zod";
import { certificateBodySchema, certificateSchema, filtersSchema } from "./certificate.ts";
import { entrySchema } from "./entry.ts";
import {
  addressField,
  codeField,
  countField,
  failureField,
  idField,
  identityField,
  instantField,
  instructionIdField,
  ITEMS_MAX,
  linesField,
  msField,
  nameField,
  pathField,
  pemField,
  setPatternField,
  sha256Field,
  textField,
} from "./fields.ts";
import { instructionSchema, outcomeSchema, reportSchema } from "./instruction.ts";

/** Both ends must speak the same. */
export const LINK_VERSION = 2;
/** The agent sends `status` so often; the control device takes a link without any message for twice that plus a bit as gone. */
export const STATUS_EVERY_MS = 2000;
/** Silence after which either end closes the link. */
export const SILENCE_MS_MAX = 7000;
/** An agent that others stand by for works no longer than this after it asked the control device for the time and was answered. */
export const LEASE_MS = 10_000;
/** The control device hears nothing of the acting agent for so long before another takes over: longer than any lease of its own clock. */
export const TAKEOVER_AFTER_MS = 12_000;

const statusField = z.object({
  reachable: z.boolean(),
  cause: textField.nullable(),
  code: codeField.optional(),
  identity: identityField.nullable(),
  version: z.string().max(200).nullable(),
  safeMode: z.boolean(),
  capacityBytes: z.number().nullable(),
  remainingBytes: z.number().nullable(),
}) satisfies z.ZodType<ClusterStatus>;

const inspectionField = z.object({
  user: z.string().max(200),
  superuser: z.boolean(),
  snapshottable: z.array(pathField).max(ITEMS_MAX),
  snapshottableCount: countField,
  freezesOpenFiles: z.boolean(),
  usedBytes: countField.nullable(),
  dataNodes: countField.nullable(),
  scopes: z
    .array(z.object({ path: pathField, state: z.enum(["readable", "missing", "denied", "no-directory"]) }))
    .max(ITEMS_MAX),
}) satisfies z.ZodType<Inspection>;

/** Who answers for an NTP source, as the agent found it. */
const serverField = z.object({
  asked: z.string().max(SOURCE_LENGTH_MAX),
  address: addressField,
  referenceId: z.string().max(20),
  stratum: z.number().int().min(1).max(15),
  utcErrorMs: msField,
}) satisfies z.ZodType<TimeServer>;

/** The shared clock as the agent knows it. */
const clockField = z.object({
  source: z.string().max(SOURCE_LENGTH_MAX),
  server: serverField.nullable(),
  /** Why the source could not be read last; null when it could. */
  failure: textField.nullable(),
  /** How far the agent's own wall clock is ahead of the source, and since when that is known; null before the first reading. */
  reading: z.object({ offsetMs: msField, errorMs: msField, ageMs: msField }).nullable(),
  /** How far the agent's view of the source is ahead of the control device's; null when it is the same clock, or not known. */
  apart: z.object({ offsetMs: msField, errorMs: msField }).nullable(),
});

/** Counts how often a cluster's acting agent changed, from 1. */
const termField = z.number().int().min(1);

const tenureField = z.object({
  service: nameField,
  role: z.enum(["primary", "secondary"]),
  epoch: z.number().int().min(1),
});

const findingField = z.object({
  set: z.string().max(100).nullable(),
  level: z.enum(["blocks", "warns", "tells"]),
  code: z.string().max(100),
  text: textField,
  command: textField.exactOptional(),
});

const sizeField = z.object({
  set: nameField,
  files: countField,
  directories: countField,
  bytes: countField,
  spaceBytes: countField,
}) satisfies z.ZodType<SetSize>;

/** Room for copies; null where the cluster does not tell. */
const roomField = z.object({
  capacityBytes: countField.nullable(),
  remainingBytes: countField.nullable(),
  dataNodes: countField.nullable(),
});

const dataSetField = z.object({
  name: nameField,
  component: z.literal("hdfs"),
  path: pathField,
  onUncovered: z.enum(["refuse", "mark"]).exactOptional(),
});

const foundSetField = z.object({ name: nameField, component: z.literal("hdfs"), path: pathField });

/** What the agent says. */
export const fromAgent = z.discriminatedUnion("say", [
  /** First message of an enrolled agent. `dataAddress`: where its peers reach it. */
  z.object({
    say: z.literal("hello"),
    version: z.number().int(),
    software: z.string().max(100),
    dataAddress: addressField,
  }),
  /** First and only message of a stranger. */
  z.object({ say: z.literal("enrol"), secret: z.string().max(200), agent: nameField, csr: pemField }),
  z.object({ say: z.literal("renew"), csr: pemField }),
  /** Asks for the control device's time; answered by `time`. */
  z.object({ say: z.literal("time?"), number: z.number().int() }),
  z.object({
    say: z.literal("status"),
    cluster: statusField,
    clock: clockField,
    /** How far the cluster's own clock is ahead of the shared one; null until a stamp of its was seen. */
    clusterClock: z.object({ offsetMs: msField, errorMs: msField, ageMs: msField }).nullable(),
    tenures: z.array(tenureField).max(ITEMS_MAX),
    /** Snapshots on the source that wait for their turn to be deleted. */
    voidSnapshots: z.number().int(),
  }),
  /** Answers `appoint`: it is stored. */
  z.object({ say: z.literal("appointed"), term: termField, acting: z.boolean(), leased: z.boolean() }),
  /** `lines`: what the run's log is to say besides. */
  z.object({
    say: z.literal("report"),
    instruction: instructionIdField,
    report: reportSchema,
    lines: linesField.exactOptional(),
  }),
  z.object({ say: z.literal("answer"), instruction: instructionIdField, outcome: outcomeSchema }),
  z.object({
    say: z.literal("findings"),
    number: z.number().int(),
    findings: z.array(findingField).max(ITEMS_MAX),
    /** Of the data sets that were to be measured and could be. */
    sizes: z.array(sizeField).max(ITEMS_MAX),
    /** Of the primary's new files; null where it was not asked, or does not tell. */
    blockSizeBytes: countField.nullable(),
    /** On the secondary, where it was asked to measure. */
    room: roomField.nullable(),
    failure: failureField.nullable(),
  }),
  z.object({
    say: z.literal("inspected"),
    number: z.number().int(),
    /** What the cluster says of itself right now, and how long it took to say so. */
    status: statusField,
    tookMs: msField.min(0),
    /** Null when the cluster could not be asked. */
    inspection: inspectionField.nullable(),
    /** The agent's own. */
    limits: z.object({
      read: z.array(pathField).max(ITEMS_MAX),
      write: z.array(pathField).max(ITEMS_MAX),
    }),
    failure: failureField.nullable(),
  }),
  /** What the patterns mean, each as a data set of its own, and what of it cannot be taken. */
  z.object({
    say: z.literal("sets-found"),
    number: z.number().int(),
    sets: z.array(z.object({ pattern: nameField, set: foundSetField })).max(ITEMS_MAX),
    uncovered: z
      .array(
        z.object({
          pattern: nameField,
          path: pathField,
          code: codeField,
          text: textField,
          command: textField.exactOptional(),
        }),
      )
      .max(ITEMS_MAX),
    failure: failureField.nullable(),
  }),
  /** Whether this agent's limits allow what `may-retire` asks; the failure says why not. */
  z.object({ say: z.literal("retire-judged"), number: z.number().int(), failure: failureField.nullable() }),
  /** A page of a point's manifest; `next`: where the next one begins, null at the end. */
  z.object({
    say: z.literal("entries"),
    number: z.number().int(),
    entries: z.array(entrySchema).max(ITEMS_MAX),
    next: countField.nullable(),
    failure: failureField.nullable(),
  }),
  /** Whether this agent keeps the point's manifest and that very certificate. */
  z.object({
    say: z.literal("held"),
    number: z.number().int(),
    held: z.boolean(),
    failure: failureField.nullable(),
  }),
  z.object({ say: z.literal("kept"), number: z.number().int(), failure: failureField.nullable() }),
  z.object({
    say: z.literal("point-checked"),
    number: z.number().int(),
    /** What was compared, in words. */
    checked: z.array(textField).max(10),
    /** What is wrong, in words; empty when all holds. */
    wrong: z.array(z.string().max(20_000)).max(40),
    failure: failureField.nullable(),
  }),
]);
export type FromAgent = z.infer<typeof fromAgent>;

/** What the control device says. */
export const fromControl = z.discriminatedUnion("say", [
  /** Answers `hello`: how this cluster is reached (null before it is registered), and the name of the clock. */
  z.object({
    say: z.literal("welcome"),
    version: z.number().int(),
    control: z.string().max(100),
    cluster: z.object({
      name: nameField,
      url: z.string().max(500),
      web: z.string().max(500).optional(),
      user: z.string().max(200).optional(),
      kerberos: z
        .object({
          nameNode: z.string().max(300),
          rpcProtection: z.enum(PROTECTIONS).optional(),
          dataTransferProtection: z.enum(PROTECTIONS).optional(),
        })
        .optional(),
    }),
    clockSource: z.string().max(SOURCE_LENGTH_MAX),
  }),
  /** Answers `enrol` and `renew`. */
  z.object({ say: z.literal("certified"), certificate: pemField, authority: pemField }),
  /** The source as the control device knows it, wrong by at most `errorMs`; null when it does not. */
  z.object({
    say: z.literal("time"),
    number: z.number().int(),
    now: instantField.nullable(),
    errorMs: msField.min(0),
    /** The term in which this agent acts; null when another one does. */
    acting: termField.nullable(),
  }),
  /** This agent acts for its cluster from now on, or stands by, in this term. Said again until `appointed` answers it. */
  z.object({
    say: z.literal("appoint"),
    term: termField,
    acting: z.boolean(),
    /** Others stand by: it must stop when its lease of LEASE_MS runs out. */
    leased: z.boolean(),
    /** Role and epoch of each service on the cluster, as the control device knows them. */
    tenures: z.array(tenureField).max(ITEMS_MAX),
  }),
  /** `term`: the one in which it is given; an agent heeds no other than its own. */
  z.object({ say: z.literal("instruct"), term: termField, instruction: instructionSchema }),
  /** Asks what accepting data sets means; changes nothing. Answered by `findings`. */
  z.object({
    say: z.literal("examine"),
    number: z.number().int(),
    identity: identityField.nullable(),
    service: nameField,
    sets: z.array(dataSetField).max(ITEMS_MAX),
    /** On the secondary: the holding directory to look at. */
    directory: pathField.nullable(),
    /** Also the data sets' sizes, on the secondary the room. */
    measure: z.boolean(),
    /** What of the data sets is not measured; absent: all is. */
    filters: filtersSchema.exactOptional(),
  }),
  /** Asks what the cluster is and what the agent's user may do there; changes nothing. Answered by `inspected`. */
  z.object({
    say: z.literal("inspect"),
    number: z.number().int(),
    scopes: z.array(pathField).max(ITEMS_MAX),
  }),
  /** Asks whether all points in a holding directory may be deleted; deletes nothing. Answered by `retire-judged`. */
  z.object({
    say: z.literal("may-retire"),
    number: z.number().int(),
    service: nameField,
    directory: pathField,
  }),
  /** Asks which directories patterns mean now. Answered by `sets-found`. */
  z.object({
    say: z.literal("find-sets"),
    number: z.number().int(),
    identity: identityField.nullable(),
    patterns: z.array(setPatternField).max(ITEMS_MAX),
  }),
  /** Asks for a page of a point's manifest, from a byte of it on. Answered by `entries`. */
  z.object({
    say: z.literal("list-point"),
    number: z.number().int(),
    service: nameField,
    run: idField,
    offset: countField,
    limit: z.number().int().min(1).max(ITEMS_MAX),
  }),
  /** Asks to compare a sealed point with its manifest. Answered by `point-checked`. */
  z.object({
    say: z.literal("check-point"),
    number: z.number().int(),
    identity: identityField.nullable(),
    body: certificateBodySchema,
  }),
  /** Asks whether this agent keeps a point. Answered by `held`. */
  z.object({
    say: z.literal("holds-point"),
    number: z.number().int(),
    service: nameField,
    run: idField,
    /** Null: the manifest alone is asked for. */
    certificateSha256: sha256Field.nullable(),
  }),
  /** A page of a manifest that another agent keeps, to be kept here too. Answered by `kept`. */
  z.object({
    say: z.literal("keep-point"),
    number: z.number().int(),
    service: nameField,
    run: idField,
    role: z.enum(["primary", "secondary"]),
    /** Entries before this page; 0 begins anew. */
    before: countField,
    entries: z.array(entrySchema).max(ITEMS_MAX),
    /** At the last page: what the whole manifest must hash to, and the point's certificate, null for one that is not sealed yet. */
    end: z.object({ manifestSha256: sha256Field, certificate: certificateSchema.nullable() }).nullable(),
  }),
  /** Fingerprints that are trusted no more; the whole list each time. */
  z.object({ say: z.literal("revoked"), fingerprints: z.array(sha256Field).max(10_000) }),
  /** Ends the link; the agent must not come back with this certificate when `final`. */
  z.object({ say: z.literal("refused"), failure: failureField, final: z.boolean() }),
]);
export type FromControl = z.infer<typeof fromControl>;
