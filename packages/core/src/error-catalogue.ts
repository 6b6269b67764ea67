/**
 * The error catalogue: every failure that a user can meet, with its meaning, whether to try again, and the fix.
 * docs/ERRORS.md is made from it and a test keeps them equal.
 */

import { agentErrors } from "./errors/agents.ts";
import { clockErrors } from "./errors/clock.ts";
import { type CatalogueEntry, entry } from "./errors/entry.ts";
import { kerberosErrors } from "./errors/kerberos.ts";
import { httpErrors } from "./errors/http.ts";

export type { CatalogueEntry, Retry } from "./errors/entry.ts";

/** code → entry. Codes are stable: they are the `type` of problem documents and stand in scripts. */
export const errors = {
  ...agentErrors,
  ...clockErrors,
  ...httpErrors,
  ...kerberosErrors,
  "agent-away": entry(
    409,
    "later",
    "The agent beside a cluster is not connected.",
    "Start the agent, or see its log; `coeval cluster get NAME` shows when it was last seen.",
  ),
  "agent-lost": entry(
    502,
    "later",
    "An agent went away during a run and did not come back in time.",
    "See the agent's log and restart it; then protect again.",
  ),
  "bad-instant": entry(
    400,
    "never",
    "A text is no instant.",
    "Write it as 2026-11-21T10:31:41.000Z, or with an offset as +01:00.",
  ),
  "bad-input": entry(
    400,
    "never",
    "The input does not have the form that is asked for.",
    "The message names the field; correct it there.",
  ),
  "bad-path": entry(
    400,
    "never",
    "A path cannot be a data set or a holding directory.",
    "Name an absolute, normal path of a directory.",
  ),
  "base-mismatch": entry(
    409,
    "never",
    "Source and target do not name the same last recovery point.",
    "Nothing was changed. `coeval point list SERVICE` shows the points; compare both agents' points folders.",
  ),
  "being-removed": entry(
    409,
    "later",
    "A service of this name was deleted and is still being removed from its clusters.",
    "Start the agent that is named; or take another name.",
  ),
  "beyond-limits": entry(
    403,
    "never",
    "The agent's own limits do not allow this.",
    "The agent's administrator can widen `limits.yaml` in the agent's data folder; the control device cannot.",
  ),
  "cluster-identity": entry(
    409,
    "never",
    "The endpoint is another cluster than the one registered.",
    "Correct the endpoint; if the cluster was formatted anew on purpose, remove and add it again.",
  ),
  "cluster-in-use": entry(
    409,
    "never",
    "The cluster is named by a service.",
    "Delete the services that use it first.",
  ),
  "cluster-unreachable": entry(
    502,
    "later",
    "The agent cannot reach its cluster.",
    "See that the NameNode runs and that the endpoint is right.",
  ),
  "cluster-refused": entry(
    502,
    "never",
    "The cluster refused an operation.",
    "The message carries the cluster's own words.",
  ),
  conflict: entry(
    409,
    "never",
    "The secondary's live tree was changed behind coeval's back.",
    "The differing paths are named; move them aside, then protect again. Nothing was overwritten.",
  ),
  corrupt: entry(
    500,
    "now",
    "Bytes that were read back differ from the bytes that were sent.",
    "The files are named; the point was not sealed. Check the secondary's disks, then protect again.",
  ),
  "data-folder": entry(
    500,
    "later",
    "A process of ours cannot read or write its own data folder.",
    "See that its disk has room and works, and that the folder belongs to the process's user.",
  ),
  "data-sets-nested": entry(
    400,
    "never",
    "One data set lies within another.",
    "Keep the outer one only, or name directories beside each other.",
  ),
  defect: entry(
    500,
    "never",
    "Something happened that should be impossible.",
    "Please report it with the log.",
  ),
  "edited-meanwhile": entry(
    412,
    "now",
    "Somebody else changed it since you read it.",
    "Read it again, then apply your change.",
  ),
  "encryption-zone": entry(
    409,
    "never",
    "A file lies in an encryption zone; its plain text cannot be read yet.",
    "Leave the zone out of the service.",
  ),
  "enrolment-refused": entry(
    403,
    "never",
    "The enrolment token is unknown, used, expired, or for another cluster.",
    "Print a new one: `coeval cluster enroll NAME`.",
  ),
  epoch: entry(
    409,
    "never",
    "The instruction's epoch is not the agent's epoch of this service, nor the next.",
    "An older control device may still be running; stop it.",
  ),
  "file-missing": entry(
    500,
    "never",
    "A file of the data folder is missing.",
    "Restore the data folder from its backup.",
  ),
  "folder-in-use": entry(
    409,
    "never",
    "Another control device or agent uses this data folder.",
    "Stop the other process, or name another folder with --data.",
  ),
  "foreign-data": entry(
    409,
    "never",
    "The holding directory holds data that coeval did not write.",
    "Name another directory in `mapping.target`, or empty it yourself.",
  ),
  "foreign-snapshot": entry(
    409,
    "never",
    "A snapshot has the name of ours but was not taken by this instruction.",
    "Delete the snapshot that the message names, if nothing needs it.",
  ),
  "idempotency-reused": entry(
    409,
    "never",
    "The Idempotency-Key was used for another request.",
    "Use a new key.",
  ),
  "moment-missed": entry(
    409,
    "now",
    "The agent was not running at the moment, so no snapshot was taken.",
    "Protect again at a new moment.",
  ),
  "moment-past": entry(
    400,
    "now",
    "The moment asked for lies in the past.",
    "Ask for a later instant, or +3s.",
  ),
  "moment-unarmed": entry(
    409,
    "now",
    "A moment of the policy passed before it could be armed, so no snapshot was taken.",
    "Protect again at a new moment; see the control device's log for what held it up.",
  ),
  "moment-too-near": entry(
    409,
    "now",
    "The moment is too near to arm both agents before it.",
    "Ask for a later instant, e.g. +5s.",
  ),
  "name-taken": entry(409, "never", "The name or directory is in use already.", "Choose another one."),
  "not-allowed": entry(
    403,
    "never",
    "The token's role or scope does not allow this.",
    "Ask an administrator for a token with the role and scope named.",
  ),
  "not-authenticated": entry(
    401,
    "never",
    "No valid token came with the call.",
    "`coeval login URL --token-file F`.",
  ),
  "not-found": entry(
    404,
    "never",
    "There is nothing by this name.",
    "The list command of the same noun shows what there is.",
  ),
  "not-snapshottable": entry(
    409,
    "never",
    "A data set's directory, and none above it, allows snapshots.",
    "Run the command that the message gives.",
  ),
  "newer-data": entry(
    500,
    "never",
    "The data folder was written by a later version.",
    "Start that version again, or restore the backup that was made before the upgrade.",
  ),
  "not-delivered": entry(
    502,
    "later",
    "An alert did not reach its target.",
    "See that the webhook or mail server answers; `alerts.yaml` in the control device's data folder names it.",
  ),
  "no-right": entry(
    403,
    "never",
    "The agent's user lacks a right on the cluster.",
    "Run the command that the message gives.",
  ),
  "open-files-unknown": entry(
    409,
    "later",
    "The cluster neither freezes files that are open at a snapshot nor tells which they are.",
    "Give the agent's user superuser rights to list them, set dfs.namenode.snapshot.capture.openfiles=true, or set the policy's tolerance.openFiles to mark.",
  ),
  paused: entry(
    409,
    "later",
    "The service, one of its clusters, or everything is paused.",
    "`coeval service resume NAME`, or wait for the pause's end.",
  ),
  "peer-not-trusted": entry(
    403,
    "never",
    "The other end's certificate is not the expected one.",
    "Enrol the agent again, or correct the address.",
  ),
  "point-exists": entry(
    409,
    "never",
    "Recovery points of the service exist.",
    "Say --points keep or --points delete.",
  ),
  protocol: entry(
    502,
    "later",
    "The other end does not keep to the protocol.",
    "See that both ends are of this version.",
  ),
  "quota-exceeded": entry(
    507,
    "later",
    "A quota on the cluster is exhausted.",
    "Raise the quota of the directory that the message names.",
  ),
  "run-active": entry(
    409,
    "later",
    "A run of this service is going on.",
    "Wait for it: `coeval run watch ID`.",
  ),
  "run-not-failed": entry(
    409,
    "never",
    "Only a run that failed can be tried again.",
    "`coeval service protect NAME` takes another moment; a run that goes on can be watched or cancelled.",
  ),
  "safe-mode": entry(
    503,
    "later",
    "The NameNode is in safe mode.",
    "Wait until it has left it: `hdfs dfsadmin -safemode wait`.",
  ),
  "secondary-full": entry(
    507,
    "later",
    "The secondary cluster has not enough room.",
    "Free or add space on the secondary; the figures are in the message.",
  ),
  "set-missing": entry(
    409,
    "never",
    "A data set does not exist.",
    "Create the directory or correct the path.",
  ),
  "snapshot-limit": entry(
    409,
    "never",
    "A limit of snapshots is reached.",
    "Delete snapshots that nothing needs; see docs/runbooks/snapshots.md.",
  ),
  stalled: entry(504, "later", "A step made no progress for too long.", "See the log of the agent named."),
  torn: entry(
    409,
    "now",
    "The snapshots lie further from the moment than the policy tolerates.",
    "The figures are in the message; widen tolerance.windowMs only if the service allows it.",
  ),
  uncovered: entry(
    409,
    "later",
    "A directory that a pattern of the service means is in no snapshot.",
    "Run the command that the message names, or let points be marked instead: `onUncovered: mark`.",
  ),
  unreachable: entry(
    503,
    "later",
    "The address does not answer.",
    "See that the process runs and that the address is right.",
  ),
  unsupported: entry(
    409,
    "never",
    "The data set holds something that cannot be carried over yet.",
    "Leave out what the message names.",
  ),
  "not-equal": entry(
    500,
    "now",
    "The secondary's copy is not equal to the source's snapshot.",
    "The paths are named; the previous point stays. Protect again.",
  ),
  released: entry(409, "now", "The run was given up before this instruction took effect.", "Protect again."),
  "internal-stop": entry(
    503,
    "later",
    "The process is stopping.",
    "Start it again; runs go on from where they were.",
  ),
  "too-large": entry(
    413,
    "never",
    "The input is larger than the bound.",
    "Split it, or make it smaller; the bound is in the message.",
  ),
} as const satisfies Record<string, CatalogueEntry>;
