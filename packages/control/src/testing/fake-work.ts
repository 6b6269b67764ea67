/** Two agents that do the work of a run by the book: at most once, answered from a journal, whatever is repeated or lost. */
import type { FromControl } from "@coeval/contract/wire/link";
import type { Certificate } from "@coeval/core/model/certificate";
import { sourceBytes, targetBytes } from "@coeval/core/model/certificate";
import type { Instruction, Outcome, Report, Result } from "@coeval/core/protect/instruction";
import type { Clock } from "@coeval/core/ports/clock";
import { createFakeAgent, type FakeAgent } from "./fake-agent.ts";
import { fakeSigner } from "./fake-world.ts";

export interface FakePair {
  readonly source: FakeAgent;
  readonly target: FakeAgent;
  /** Effects in order, as `step/side`; a second effect of one instruction would stand twice. */
  readonly effects: readonly string[];
}

const MANIFEST = { sha256: "a".repeat(64), files: 1, directories: 1, bytes: 5 };
const MOVED = { changes: 1, files: 1, bytes: 5, deletions: 0 };

/** @param spoil may change an answer before it goes into the journal. */
export function createFakePair(
  clock: Clock,
  names: { readonly source: string; readonly target: string },
  spoil: (instruction: Instruction, outcome: Outcome) => Outcome = (_instruction, outcome) => outcome,
): FakePair {
  const effects: string[] = [];
  const journal = new Map<string, Outcome | "working">();
  const sent = new Map<string, PromiseWithResolvers<void>>();
  const sentOf = (run: string) => {
    let there = sent.get(run);
    if (!there) sent.set(run, (there = Promise.withResolvers<void>()));
    return there;
  };

  async function work(agent: FakeAgent, instruction: Instruction): Promise<Result> {
    const { order, run } = instruction;
    const identity = { clusterId: `CID-${agent.peer.cluster}`, namespaceId: "1" };
    const report = (about: Report) =>
      agent.say({ say: "report", instruction: instruction.id, report: about });
    switch (order.step) {
      case "receive-snapshots":
        await report({ kind: "ready", address: "127.0.0.1:2", identity });
        await sentOf(run).promise;
        return { step: order.step, manifest: MANIFEST, moved: MOVED };
      case "take-snapshots": {
        await report({ kind: "armed", identity });
        await clock.sleep(order.moment - clock.nowMs());
        const at = order.moment;
        return {
          step: order.step,
          receipts: [
            {
              root: "/data",
              snapshotName: order.snapshotName,
              sets: order.sets.map((set) => set.name),
              earliest: at,
              latest: at + 20,
              clusterStamp: at + 5,
            },
          ],
          clock: { source: "control", offsetMs: 0, errorMs: 1, stepMs: 0 },
          openFiles: { kind: "frozen", count: 0, why: null },
        };
      }
      case "send-snapshots":
        sentOf(run).resolve();
        return { step: order.step, manifest: MANIFEST, moved: MOVED };
      case "verify":
        return { step: order.step, files: 1, bytes: 5 };
      case "sign":
        return { step: order.step, signature: signatureBy(agent, sourceBytes(order.body)) };
      case "seal": {
        const sealed = { snapshotName: order.body.point, clusterStamp: null };
        const unsigned: Omit<Certificate, "target"> = { body: order.body, source: order.source, sealed };
        const certificate = { ...unsigned, target: signatureBy(agent, targetBytes(unsigned)) };
        return { step: order.step, certificate };
      }
      case "release":
        return { step: order.step };
    }
  }

  async function instructed(agent: FakeAgent, instruction: Instruction): Promise<void> {
    const known = journal.get(instruction.id);
    if (known === "working") return repeatReport(agent, instruction);
    if (known === undefined) {
      journal.set(instruction.id, "working");
      effects.push(instruction.id.split("/").slice(1).join("/"));
      const result = await work(agent, instruction);
      journal.set(instruction.id, spoil(instruction, { ok: true, result }));
    }
    const outcome = journal.get(instruction.id) as Outcome;
    await agent.say(copy({ say: "answer", instruction: instruction.id, outcome }));
  }

  /** A lost report is told again when the instruction comes again. */
  async function repeatReport(agent: FakeAgent, { id, order }: Instruction): Promise<void> {
    const identity = { clusterId: `CID-${agent.peer.cluster}`, namespaceId: "1" };
    const report: Report | null =
      order.step === "receive-snapshots"
        ? { kind: "ready", address: "127.0.0.1:2", identity }
        : order.step === "take-snapshots"
          ? { kind: "armed", identity }
          : null;
    if (report) await agent.say({ say: "report", instruction: id, report });
  }

  const agentOf = (cluster: string, digit: string) =>
    createFakeAgent({
      cluster,
      fingerprint: digit.repeat(64),
      instructed: (agent, { instruction }: Extract<FromControl, { say: "instruct" }>) =>
        void instructed(agent, instruction).catch(() => undefined),
    });
  return { source: agentOf(names.source, "1"), target: agentOf(names.target, "2"), effects };
}

function signatureBy({ peer }: FakeAgent, bytes: Uint8Array) {
  const signer = fakeSigner(`key of ${peer.cluster}`);
  return { agent: peer.agent, publicKey: signer.publicKey, chain: "chain", signature: signer.sign(bytes) };
}

/** Core's read-only lists as the wire's plain ones. */
function copy<T>(value: unknown): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
