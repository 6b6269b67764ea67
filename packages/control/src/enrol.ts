/** Enrolment: a stranger that knows a one-use secret gets a certificate for its own key, once. Accepted and refused ones are audited. */
import type { FromControl } from "@coeval/contract/wire/link";
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { Hash } from "@coeval/core/ports/hash";
import type { World } from "@coeval/core/ports/world";
import { agentGet } from "@coeval/store/control/agent-get";
import { agentList } from "@coeval/store/control/agent-list";
import { agentPut } from "@coeval/store/control/agent-put";
import { agentRevoke } from "@coeval/store/control/agent-revoke";
import { clusterGet } from "@coeval/store/control/cluster-get";
import { enrolmentGet, type StoredEnrolment } from "@coeval/store/control/enrolment-get";
import { enrolmentUse } from "@coeval/store/control/enrolment-use";
import type { Signed } from "./authority.ts";
import type { AgentPeer } from "./link.ts";
import type { AgentMessage, LinkParts } from "./link-parts.ts";
import type { Tx } from "./records.ts";

/** Agents enrolled for one cluster: one acts, the others stand by. */
export const AGENTS_PER_CLUSTER_MAX = 3;

export type Certified = Extract<FromControl, { say: "certified" }>;

/** @throws CoevalError `enrolment-refused`; a stranger that does not know the secret learns nothing from it. */
export async function enrol(
  world: World,
  parts: LinkParts,
  message: AgentMessage<"enrol">,
): Promise<Certified> {
  try {
    const enrolment = await proven(world, parts, message);
    const { cluster, agent } = enrolment;
    const signed = await parts.authority.sign(message.csr, { cluster, agent }, world.clock.nowMs());
    const revoked = await parts.records.write((tx) => accept(tx, enrolment, signed));
    await parts.revoked(revoked);
    parts.acting.changed();
    return { say: "certified", certificate: signed.certificate, authority: signed.authority };
  } catch (thrown) {
    const { code, message: why } = toFailure(thrown);
    const number = parts.refusals.count();
    if (number !== null) {
      const details = { code, why, number };
      await parts.records.write((tx) =>
        tx.audit("stranger", "agent.refuse-enrolment", `agent/${message.agent}`, details),
      );
    }
    throw thrown;
  }
}

/** A newer certificate for the same key. @throws CoevalError `enrolment-refused` for another key. */
export async function renew(
  world: World,
  parts: LinkParts,
  peer: AgentPeer,
  csr: string,
): Promise<Certified> {
  const { cluster, agent, fingerprint } = peer;
  const signed = await parts.authority.sign(csr, { cluster, agent }, world.clock.nowMs());
  if (signed.fingerprint !== fingerprint)
    throw new CoevalError(
      "enrolment-refused",
      `${agent} of ${cluster} asked to renew another key than its own`,
    );
  await parts.records.write(async (tx) => {
    const known = await agentGet(tx.trx, fingerprint);
    if (!known || known.revokedAt !== null)
      throw new CoevalError("enrolment-refused", `the key of ${agent} of ${cluster} is revoked`);
    await agentPut(tx.trx, { fingerprint, cluster, agent, certificate: signed.certificate }, tx.now);
    await tx.audit(`agent:${cluster}/${agent}`, "agent.renew", `agent/${cluster}/${agent}`, { fingerprint });
  });
  return { say: "certified", certificate: signed.certificate, authority: signed.authority };
}

/** The hash under which an enrolment's secret is kept. */
export function secretSha256(hash: Hash, secret: string): string {
  return hash.sha256().update(secret).hex();
}

async function proven(
  world: World,
  { db }: LinkParts,
  message: AgentMessage<"enrol">,
): Promise<StoredEnrolment> {
  const id = message.secret.slice(0, Math.max(0, message.secret.indexOf(".")));
  const stored = await enrolmentGet(db, id);
  const given = secretSha256(world.hash, message.secret);
  // Compared in the same time whether or not there is such an enrolment, and wherever it differs.
  if (!sameText(given, stored?.secretSha256 ?? "0".repeat(given.length)) || !stored)
    throw new CoevalError("enrolment-refused", "the enrolment token is not known");
  const { cluster, agent, usedAt, expiresAt } = stored;
  const refuse = (why: string) =>
    new CoevalError("enrolment-refused", `the enrolment token of ${cluster} ${why}`);
  if (usedAt !== null) throw refuse("was used before");
  if (expiresAt <= world.clock.nowMs()) throw refuse("has expired");
  if (agent !== message.agent) throw refuse(`is for the agent '${agent}', not '${message.agent}'`);
  if (!(await clusterGet(db, cluster))) throw refuse("is for a cluster that was removed");
  return stored;
}

/** Spends the secret and keeps the key. @returns the earlier keys of the agent of that name. */
async function accept(tx: Tx, { id, cluster, agent }: StoredEnrolment, signed: Signed): Promise<string[]> {
  const { fingerprint, certificate } = signed;
  if (!(await enrolmentUse(tx.trx, id, tx.now)))
    throw new CoevalError("enrolment-refused", `the enrolment token of ${cluster} was used before`);
  const known = await agentGet(tx.trx, fingerprint);
  if (known && (known.revokedAt !== null || known.cluster !== cluster || known.agent !== agent))
    throw new CoevalError("enrolment-refused", "the agent's key was enrolled before; it must make a new one");
  const revoked = await agentRevoke(tx.trx, { cluster, agent, but: fingerprint }, tx.now);
  await requireRoom(tx.trx, cluster, agent);
  await agentPut(tx.trx, { fingerprint, cluster, agent, certificate }, tx.now);
  const object = `agent/${cluster}/${agent}`;
  await tx.audit(`agent:${cluster}/${agent}`, "agent.enrol", object, { fingerprint, enrolment: id, revoked });
  await tx.event("agent", object, { cluster });
  return revoked;
}

/** @throws CoevalError `enrolment-refused` when the cluster has as many other agents as it may have. */
async function requireRoom(trx: Tx["trx"], cluster: string, agent: string): Promise<void> {
  const others = (await agentList(trx)).filter(
    (one) => one.cluster === cluster && one.agent !== agent && one.revokedAt === null,
  );
  if (others.length < AGENTS_PER_CLUSTER_MAX) return;
  const names = others.map((one) => one.agent).join(", ");
  throw new CoevalError("enrolment-refused", `${cluster} has ${others.length} agents already: ${names}`);
}

/** Looks at every character, so that the time it takes does not tell where texts differ. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
