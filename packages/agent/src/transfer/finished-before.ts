/** Whether a transfer that a peer dials for again came to its end here before: then only the last word was lost. */
import type { Peer } from "@coeval/core/ports/network";
import { DIRECTIONS } from "@coeval/core/protect/direction";
import { instructionId } from "@coeval/core/protect/instruction";
import { readInstruction } from "@coeval/store/agent/journal";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import type { OpenMessage } from "./transfers.ts";

/** True when this agent listened for the run's transfer and answered with success, and the peer is the one that was named. */
export async function finishedBefore(db: AgentDatabase, open: OpenMessage, peer: Peer): Promise<boolean> {
  const { side, step } = DIRECTIONS[open.direction].listens;
  const entry = await readInstruction(db, instructionId(open.run, step, side));
  if (!entry?.outcome?.ok || peer.kind !== "agent") return false;
  const { service, epoch, order } = entry.instruction;
  return (
    order.step === step &&
    open.service === service &&
    open.epoch === epoch &&
    open.baseManifestSha256 === (order.base?.manifestSha256 ?? null) &&
    peer.cluster === order.peer.cluster &&
    peer.agent === order.peer.agent &&
    peer.fingerprint === order.peer.fingerprint
  );
}
