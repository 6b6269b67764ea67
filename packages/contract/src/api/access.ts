/** Who may do what: roles, each including those before it, and scopes, which bound them to paths of clusters. */
import { NAME_PATTERN } from "@coeval/core/model/cluster";
import { checkPath, isWithin } from "@coeval/core/model/path";
import { z } from "zod";
import { refuseBy } from "./fields.ts";
import { named } from "./registry.ts";

/** Roles from the least to the most. viewer: reads · operator: protects, edits services · approver: audit, and what destroys points · administrator: clusters, agents, tokens. */
export const accessRole = named(
  "AccessRole",
  z.enum(["viewer", "operator", "approver", "administrator"]).describe("each includes those before it"),
);
export type AccessRole = z.infer<typeof accessRole>;

/** True when a holder of `role` may do what needs `needed`. */
export function includes(role: AccessRole, needed: AccessRole): boolean {
  return accessRole.options.indexOf(role) >= accessRole.options.indexOf(needed);
}

/** `CLUSTER:PATH`, e.g. `west:/data/sales`; `*` is every cluster. */
export const scopeText = named(
  "Scope",
  z
    .string()
    .max(8100)
    .superRefine((text, context) => {
      const { cluster, path } = split(text);
      if (cluster !== "*" && !NAME_PATTERN.test(cluster))
        context.addIssue({ code: "custom", message: "must read CLUSTER:/PATH or *:/PATH" });
      else if (path !== "/") refuseBy(context, () => checkPath(path, ""));
    })
    .describe("CLUSTER:PATH; `*` is every cluster"),
);

/** The scope that covers everything. */
export const EVERYWHERE = "*:/";

/** True when one of the scopes covers the path on the cluster. */
export function covers(scopes: readonly string[], cluster: string, path: string): boolean {
  return scopes.some((scope) => {
    const { cluster: scoped, path: prefix } = split(scope);
    return (scoped === "*" || scoped === cluster) && isWithin(path, prefix);
  });
}

/** True when one of the scopes names the cluster at all. */
export function namesCluster(scopes: readonly string[], cluster: string): boolean {
  return scopes.some((scope) => ["*", cluster].includes(split(scope).cluster));
}

function split(scope: string): { cluster: string; path: string } {
  const colon = scope.indexOf(":");
  const path = scope.slice(colon + 1);
  return {
    cluster: scope.slice(0, Math.max(colon, 0)),
    path: path.length > 1 ? path.replace(/\/$/, "") : path,
  };
}
