/** Who calls, and what they may do: role and scopes of their token. */
import { type AccessRole, covers, includes, namesCluster } from "@coeval/contract/api/access";
import { CoevalError } from "@coeval/core/errors";
import type { Service } from "@coeval/core/model/service";
import type { Call } from "../call.ts";

export interface Caller {
  /** Id of the token. */
  readonly token: string;
  readonly name: string;
  readonly role: AccessRole;
  /** `CLUSTER:PATH` each. */
  readonly scopes: readonly string[];
  /** The address the call came from. */
  readonly address: string;
}

/** How a caller stands in the audit log: whose token, which token, from where. */
export function whoIs(caller: Caller): string {
  return `${caller.name} (${caller.token}) from ${caller.address}`;
}

/** The call as Control takes it. */
export function callOf(caller: Caller, within?: Call["within"]): Call {
  return { who: whoIs(caller), ...(within === undefined ? {} : { within }) };
}

/** @throws CoevalError `not-allowed` naming the role that is needed. */
export function requireRole(caller: Caller, needed: AccessRole): void {
  if (includes(caller.role, needed)) return;
  throw new CoevalError(
    "not-allowed",
    `token ${caller.name} has the role ${caller.role}; this needs ${needed}`,
  );
}

/** @throws CoevalError `not-allowed` naming the scope that is needed. */
export function requireScope(caller: Caller, cluster: string, path: string): void {
  if (covers(caller.scopes, cluster, path)) return;
  throw new CoevalError(
    "not-allowed",
    `${cluster}:${path} lies outside the scopes of token ${caller.name}: ${caller.scopes.join(", ")}`,
  );
}

/** What of a service lies where; points keep it after their service is gone. */
export interface Lies {
  readonly primary: string;
  readonly paths: readonly string[];
}

/** Where a service's data sets lie. */
export function liesOf(service: Service): Lies {
  return { primary: service.primary, paths: service.dataSets.map((set) => set.path) };
}

/** True when the caller may know of it: all its data sets lie in the caller's scopes. */
export function maySee(caller: Caller, lies: Lies): boolean {
  return lies.paths.every((path) => covers(caller.scopes, lies.primary, path));
}

/** @throws CoevalError `not-allowed` for the first data set outside the caller's scopes. */
export function requireSight(caller: Caller, lies: Lies): void {
  for (const path of lies.paths) requireScope(caller, lies.primary, path);
}

/** To change or use a service the holding directory on the secondary must lie in the scopes as well. @throws CoevalError `not-allowed`. */
export function requireService(caller: Caller, service: Service): void {
  requireSight(caller, liesOf(service));
  requireScope(caller, service.secondary, service.mapping.target);
}

/** True when a scope of the caller's names the cluster. */
export function mayKnow(caller: Caller, cluster: string): boolean {
  return namesCluster(caller.scopes, cluster);
}

/** @throws CoevalError `not-allowed` when no scope of the caller's names the cluster. */
export function requireCluster(caller: Caller, cluster: string): void {
  if (!mayKnow(caller, cluster))
    throw new CoevalError("not-allowed", `no scope of token ${caller.name} names the cluster ${cluster}`);
}
