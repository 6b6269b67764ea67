/** Clusters: registered, looked at, given an agent, forgotten. */
import { canonical, type Json } from "@coeval/core/model/canonical";
import { CoevalError } from "@coeval/core/errors";
import {
  type Cluster,
  HDFS_URL_PATTERN,
  NAME_PATTERN,
  NAMESERVICE_URL_PATTERN,
  SERVER_PRINCIPAL_PATTERN,
  WEB_URL_PATTERN,
} from "@coeval/core/model/cluster";
import type { Instant } from "@coeval/core/model/instant";
import { checkPath } from "@coeval/core/model/path";
import { newId } from "@coeval/core/ports/random";
import type { World } from "@coeval/core/ports/world";
import { agentRevoke } from "@coeval/store/control/agent-revoke";
import { clusterAdd } from "@coeval/store/control/cluster-add";
import { clusterGet } from "@coeval/store/control/cluster-get";
import { clusterList } from "@coeval/store/control/cluster-list";
import { clusterRemove } from "@coeval/store/control/cluster-remove";
import { enrolmentAdd } from "@coeval/store/control/enrolment-add";
import { serviceList } from "@coeval/store/control/service-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Authority } from "./authority.ts";
import type { Call } from "./call.ts";
import {
  type Asker,
  type CheckedCluster,
  checkCluster,
  type ClusterCheckParts,
} from "./checks/cluster-check.ts";
import type { ClusterView } from "./cluster-view.ts";
import { secretSha256 } from "./enrol.ts";
import type { Links } from "./links.ts";
import type { Records } from "./records.ts";

/** An enrolment's secret is good for so long. */
export const ENROLMENT_MS = 3_600_000;
/** Path prefixes of one cluster. */
export const SCOPES_MAX = 100;
const SECRET_BYTES = 32;
const USER_PATTERN = /^[\w.@/$-]{1,200}$/;

export interface Clusters {
  /** @throws CoevalError `name-taken` (the name, or the endpoint by another name), `bad-path` (scopes), `bad-input`. Same name and definition again: returns what is there. */
  add(call: Call, cluster: Cluster): Promise<ClusterView>;
  /** @throws CoevalError `not-found`. */
  get(name: string): Promise<ClusterView>;
  list(): Promise<ClusterView[]>;
  /** Revokes its agents too. @throws CoevalError `not-found`, `cluster-in-use` naming the services. */
  remove(call: Call, name: string): Promise<void>;
  /** Asks the agent once how the cluster stands; changes nothing. @throws CoevalError `not-found`. */
  check(name: string, asker: Asker): Promise<CheckedCluster>;
  /** A one-use secret for an agent; `agent` defaults to the cluster's name. @throws CoevalError `not-found`, `bad-input`. */
  enroll(call: Call, name: string, agent?: string): Promise<Enrolment>;
}

/** What goes into an enrolment token; the secret is kept hashed and cannot be shown again. */
export interface Enrolment {
  readonly secret: string;
  readonly cluster: string;
  readonly agent: string;
  /** SHA-256 (hex) of the authority's certificate. */
  readonly authority: string;
  readonly expiresAt: Instant;
}

export interface ClustersParts extends ClusterCheckParts {
  readonly records: Records;
  readonly links: Pick<Links, "revoked" | "all" | "sight">;
  readonly authority: Authority;
}

export function createClusters(world: World, parts: ClustersParts): Clusters {
  const { records, clients } = parts;
  return {
    async add(call, given) {
      const cluster = checked(given);
      await records.write(async (tx) => {
        const there = await clusterGet(tx.trx, cluster.name);
        if (there && canonical(there.cluster as unknown as Json) !== canonical(cluster as unknown as Json)) {
          const message = `a cluster named '${cluster.name}' is registered with ${there.cluster.hdfs.url}`;
          throw new CoevalError("name-taken", message, { pointer: "/metadata/name" });
        }
        if (!there) {
          await requireFreeEndpoint(tx.trx, cluster);
          await clusterAdd(tx.trx, cluster);
          const { url, user = null } = cluster.hdfs;
          await tx.audit(call.who, "cluster.add", `cluster/${cluster.name}`, {
            url,
            user,
            scopes: cluster.scopes,
          });
          await tx.event("cluster", `cluster/${cluster.name}`);
        }
        await call.within?.(tx, await clients.view(cluster.name, tx.trx));
      });
      return clients.view(cluster.name);
    },
    get: (name) => clients.view(name),
    list: () => clients.all(),
    check: (name, asker) => checkCluster(parts, name, asker),
    async remove(call, name) {
      const revoked = await records.write(async (tx) => {
        if (!(await clusterGet(tx.trx, name)))
          throw new CoevalError("not-found", `there is no cluster '${name}'`);
        const users = (await serviceList(tx.trx))
          .filter(({ service }) => [service.primary, service.secondary].includes(name))
          .map(({ service }) => service.name);
        if (users.length > 0)
          throw new CoevalError("cluster-in-use", `${name} is used by ${users.length} service(s)`, {
            evidence: users,
          });
        const keys = await agentRevoke(tx.trx, { cluster: name }, tx.now);
        await clusterRemove(tx.trx, name);
        await tx.audit(call.who, "cluster.remove", `cluster/${name}`, { revoked: keys });
        await tx.event("cluster", `cluster/${name}`, { removed: true });
        await call.within?.(tx, null);
        return keys;
      });
      await parts.links.revoked(revoked);
    },
    async enroll(call, name, agent = name) {
      if (!NAME_PATTERN.test(agent))
        throw new CoevalError("bad-input", `'${agent.slice(0, 80)}' is no agent's name`, {
          pointer: "/agent",
        });
      const id = newId(world.random, "enrolment");
      const secret = `${id}.${hex(world.random.bytes(SECRET_BYTES))}`;
      return records.write(async (tx) => {
        if (!(await clusterGet(tx.trx, name)))
          throw new CoevalError("not-found", `there is no cluster '${name}'`);
        const expiresAt = tx.now + ENROLMENT_MS;
        const secretHash = secretSha256(world.hash, secret);
        await enrolmentAdd(tx.trx, { id, secretSha256: secretHash, cluster: name, agent, expiresAt }, tx.now);
        await tx.audit(call.who, "cluster.enroll", `cluster/${name}`, { enrolment: id, agent, expiresAt });
        const enrolment = { secret, cluster: name, agent, authority: parts.authority.fingerprint, expiresAt };
        await call.within?.(tx, enrolment);
        return enrolment;
      });
    },
  };
}

/** One HDFS is one cluster: its second name would let a service replicate it onto itself. */
async function requireFreeEndpoint(queries: ControlQueries, { hdfs }: Cluster): Promise<void> {
  // A nameservice is a name of the agent's own configuration: two clusters may bear the same.
  if (NAMESERVICE_URL_PATTERN.test(hdfs.url)) return;
  const endpoint = hdfs.url.toLowerCase();
  const taken = (await clusterList(queries)).find(
    ({ cluster }) => cluster.hdfs.url.toLowerCase() === endpoint,
  );
  if (!taken) return;
  const { name } = taken.cluster;
  const message = `spec.hdfs.url: ${hdfs.url} is registered as the cluster '${name}' already; use that one, or remove it first`;
  throw new CoevalError("name-taken", message, { pointer: "/spec/hdfs/url" });
}

function checked(cluster: Cluster): Cluster {
  const { name, hdfs, scopes } = cluster;
  const bad = (pointer: string, message: string) => new CoevalError("bad-input", message, { pointer });
  if (!NAME_PATTERN.test(name)) throw bad("/metadata/name", `'${name.slice(0, 80)}' is no cluster's name`);
  if (!HDFS_URL_PATTERN.test(hdfs.url))
    throw bad(
      "/spec/hdfs/url",
      `spec.hdfs.url: '${hdfs.url.slice(0, 80)}' reads neither hdfs://HOST:PORT, hdfs://NAMESERVICE nor webhdfs://HOST:PORT`,
    );
  if (hdfs.web !== undefined && !WEB_URL_PATTERN.test(hdfs.web))
    throw bad(
      "/spec/hdfs/web",
      `spec.hdfs.web: '${hdfs.web.slice(0, 80)}' does not read webhdfs://HOST:PORT`,
    );
  if (hdfs.user !== undefined && !USER_PATTERN.test(hdfs.user))
    throw bad("/spec/hdfs/user", "spec.hdfs.user: is no user's name");
  if (hdfs.kerberos !== undefined && !SERVER_PRINCIPAL_PATTERN.test(hdfs.kerberos.nameNode))
    throw bad(
      "/spec/hdfs/kerberos/nameNode",
      "spec.hdfs.kerberos.nameNode: does not read SERVICE/HOST@REALM or SERVICE/_HOST@REALM",
    );
  if (scopes.length === 0 || scopes.length > SCOPES_MAX)
    throw bad("/spec/scopes", `spec.scopes: ${scopes.length} path prefixes; 1 to ${SCOPES_MAX} are needed`);
  const normal = scopes.map((scope, index) =>
    scope === "/" ? scope : checkPath(scope, `spec.scopes[${index}]`),
  );
  return { name, hdfs: { ...hdfs }, scopes: normal };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
