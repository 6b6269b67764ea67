/** Two agents that do the work of a run by the book: at most once, answered from a journal, whatever is repeated or lost. */
import { type Certificate, sourceBytes, targetBytes } from "@coeval/core/model/certificate";
import type { ClusterIdentity } from "@coeval/core/model/cluster";
import type { Clock } from "@coeval/core/ports/clock";
import type { Instruction, Order, Outcome, Report, Result } from "@coeval/core/protect/instruction";
import { createFakeAgent, type FakeAgent } from "./fake-agent.ts";
import { fakeSigner } from "./fake-world.ts";

export interface FakePair {
  readonly source: FakeAgent;
  readonly target: FakeAgent;
  /** Effects in order, as `step/side`; a second effect of one instruction would stand twice. */
  readonly effects: readonly string[];
}

/** May change an answer before it goes into the journal. */
export type Spoil = (instruction: Instruction, outcome: Outcome) => Outcome;

const MANIFEST = { sha256: "a".repeat(64), files: 1, directories: 1, bytes: 5 };
const MOVED = { changes: 1, files: 1, bytes: 5, deletions: 0 };

export function createFakePair(
  clock: Clock,
  names: { readonly source: string; readonly target: string },
  spoil: Spoil = (_instruction, outcome) => outcome,
): FakePair {
  const effects: string[] = [];
  const journal = new Map<string, Outcome | "working">();
  const transfers = createTransfers();

  async function instructed(agent: FakeAgent, instruction: Instruction): Promise<void> {
    const { id, order } = instruction;
    const known = journal.get(id);
    // A lost report is told again when the instruction comes again.
    const report = reportOn(agent, order);
    if (report && (known === undefined || known === "working"))
      await agent.say({ say: "report", instruction: id, report });
    if (known === "working") return;
    if (known === undefined) {
      journal.set(id, "working");
      effects.push(id.split("/").slice(1).join("/"));
      const result = await resultOf(agent, instruction, clock, transfers);
      journal.set(id, spoil(instruction, { ok: true, result }));
    }
    // Core's read-only lists as the wire's plain ones.
    const answer = { say: "answer", instruction: id, outcome: journal.get(id) };
    await agent.say(JSON.parse(JSON.stringify(answer)));
  }

  const agentOf = (cluster: string, digit: string) =>
    createFakeAgent({
      cluster,
      fingerprint: digit.repeat(64),
      instructed: (agent, { instruction }) => void instructed(agent, instruction).catch(() => undefined),
    });
  return { source: agentOf(names.source, "1"), target: agentOf(names.target, "2"), effects };
}

interface Transfers {
  /** Resolves when the end that dials has done so, and all is moved. */
  readonly dialled: (run: string) => Promise<void>;
  readonly dial: (run: string) => void;
}

function createTransfers(): Transfers {
  const transfers = new Map<string, PromiseWithResolvers<void>>();
  const of = (run: string) => {
    const transfer = transfers.get(run) ?? Promise.withResolvers<void>();
    transfers.set(run, transfer);
    return transfer;
  };
  return { dialled: (run) => of(run).promise, dial: (run) => of(run).resolve() };
}

function identityOf({ peer }: FakeAgent): ClusterIdentity {
  return { clusterId: `CID-${peer.cluster}`, namespaceId: "1" };
}

function reportOn(agent: FakeAgent, { step }: Order): Report | null {
  if (step === "receive-snapshots" || step === "serve-snapshots")
    return { kind: "ready", address: "127.0.0.1:2" };
  return step === "take-snapshots" ? { kind: "armed", identity: identityOf(agent) } : null;
}

async function resultOf(
  agent: FakeAgent,
  { order, run }: Instruction,
  clock: Clock,
  transfers: Transfers,
): Promise<Result> {
  switch (order.step) {
    case "open-holding":
      return { step: order.step, identity: identityOf(agent) };
    case "receive-snapshots":
    case "serve-snapshots":
      await transfers.dialled(run);
      return { step: order.step, manifest: MANIFEST, moved: MOVED };
    case "take-snapshots":
      await clock.sleep(order.moment - clock.nowMs());
      return taken(order);
    case "send-snapshots":
    case "replicate-snapshots":
      transfers.dial(run);
      return { step: order.step, manifest: MANIFEST, moved: MOVED };
    case "verify":
      return { step: order.step, files: 1, bytes: 5 };
    case "sign":
      return { step: order.step, signature: signatureBy(agent, sourceBytes(order.body)) };
    case "seal": {
      const sealed = { snapshotName: order.body.point, clusterStamp: null };
      const unsigned: Omit<Certificate, "target"> = { body: order.body, source: order.source, sealed };
      return {
        step: order.step,
        certificate: { ...unsigned, target: signatureBy(agent, targetBytes(unsigned)) },
      };
    }
    case "release":
      return { step: order.step };
    case "retire":
      return { step: order.step, snapshots: 1 };
  }
}

function taken({ moment, snapshotName, sets }: Extract<Order, { step: "take-snapshots" }>): Result {
  const names = sets.map((set) => set.name);
  const receipt = {
    root: "/data",
    snapshotName,
    sets: names,
    earliest: moment,
    latest: moment + 20,
    clusterStamp: moment + 5,
  };
  return {
    step: "take-snapshots",
    receipts: [receipt],
    clock: { source: "control", offsetMs: 0, errorMs: 1, stepMs: 0 },
    openFiles: { kind: "frozen", count: 0, why: null },
  };
}

function signatureBy({ peer }: FakeAgent, bytes: Uint8Array) {
  const signer = fakeSigner(`key of ${peer.cluster}`);
  return { agent: peer.agent, publicKey: signer.publicKey, chain: "chain", signature: signer.sign(bytes) };
}
