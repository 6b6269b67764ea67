/** The rights of a cluster's check: what the agent's user may do, what of the grant is there, what the agent's own limits leave. Pure. */
import type { Cluster, Inspection, ScopeState } from "@coeval/core/model/cluster";
import { isWithin } from "@coeval/core/model/path";
import type { AgentMessage } from "../link-parts.ts";
import { type CheckLine, failed, ok, warning } from "./check-line.ts";

/** Paths that a line names at most. */
const PATHS_SHOWN_MAX = 5;
const OPEN_FILES_FIX =
  "Set dfs.namenode.snapshot.capture.openfiles=true, or make the user a member of the superusers' group.";

export function rightsLines(cluster: Cluster, answer: AgentMessage<"inspected">): CheckLine[] {
  const { inspection, failure, limits } = answer;
  if (!inspection) {
    const { code, message } = failure ?? { code: "defect" as const, message: "the agent told nothing" };
    return [failed("rights", code, message)];
  }
  const { user } = inspection;
  return [
    userLine(inspection),
    ...inspection.scopes.flatMap(({ path, state }) => scopeLines(user, path, state)),
    ...cluster.scopes.flatMap((scope) => limitLines(scope, limits)),
    ...(inspection.superuser || inspection.freezesOpenFiles
      ? []
      : [
          warning(
            "rights",
            `files open at a moment are neither frozen by the cluster nor may '${user}' list all of them`,
            OPEN_FILES_FIX,
          ),
        ]),
  ];
}

function userLine({ user, superuser, snapshottable, snapshottableCount }: Inspection): CheckLine {
  const paths = listed(snapshottable, snapshottableCount);
  if (superuser)
    return ok(
      "rights",
      `'${user}' is a superuser: it may snapshot any directory that allows it, now ${paths}`,
    );
  const join = "add it to the group that dfs.permissions.superusergroup names";
  if (snapshottableCount === 0)
    return failed(
      "rights",
      "no-right",
      `'${user}' is no superuser and owns no directory that allows snapshots: it may snapshot nothing`,
      `As a superuser run \`hdfs dfsadmin -allowSnapshot DIR\` and \`hdfs dfs -chown ${user} DIR\`, or ${join}.`,
    );
  return warning(
    "rights",
    `'${user}' is no superuser: it may snapshot ${paths}, and can give copies no owner but itself`,
    `As a primary that is enough for these; for a secondary, ${join}.`,
  );
}

function scopeLines(user: string, path: string, state: ScopeState): CheckLine[] {
  switch (state) {
    case "readable":
      return [];
    case "missing":
      return [
        warning(
          "rights",
          `the granted directory ${path} does not exist`,
          "Create it, or correct spec.scopes.",
        ),
      ];
    case "no-directory":
      return [warning("rights", `the granted ${path} is no directory`, "Correct spec.scopes.")];
    case "denied":
      return [
        failed(
          "rights",
          "no-right",
          `'${user}' may not list the granted directory ${path}`,
          `hdfs dfs -setfacl -R -m user:${user}:r-x ${path}`,
        ),
      ];
  }
}

function limitLines(
  scope: string,
  { read, write }: { readonly read: readonly string[]; readonly write: readonly string[] },
): CheckLine[] {
  if ([...read, ...write].some((prefix) => isWithin(prefix, scope) || isWithin(scope, prefix))) return [];
  const text = `${scope} is granted, but the agent's own limits.yaml allows neither reading nor writing there`;
  return [warning("rights", text, "Widen limits.yaml in the agent's data folder, or correct spec.scopes.")];
}

function listed(paths: readonly string[], count: number): string {
  if (count === 0) return "none";
  const shown = paths.slice(0, PATHS_SHOWN_MAX);
  const rest = count - shown.length;
  return [shown.join(", "), rest > 0 ? `${rest} more` : ""].filter((text) => text !== "").join(" and ");
}
