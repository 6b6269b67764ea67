/** Whether a transfer that a peer asks for again was received to its end before: then only the last word was lost. */
import type { Peer } from "@coeval/core/ports/network";
import { readInstruction } from "@coeval/store/agent/journal";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import { receiveId } from "../holding.ts";
import type { OpenMessage } from "./transfers.ts";

/** True when this agent has answered the run's receive-snapshots with success, and the peer is the one that it named. */
export async function receivedBefore(db: AgentDatabase, open: OpenMessage, peer: Peer): Promise<boolean> {
  const entry = await readInstruction(db, receiveId(open.run));
  if (!entry?.outcome?.ok || peer.kind !== "agent") return false;
  const { service, epoch, order } = entry.instruction;
  return (
    order.step === "receive-snapshots" &&
    open.service === service &&
    open.epoch === epoch &&
    open.baseManifestSha256 === (order.base?.manifestSha256 ?? null) &&
    peer.cluster === order.peer.cluster &&
    peer.agent === order.peer.agent &&
    peer.fingerprint === order.peer.fingerprint
  );
}
