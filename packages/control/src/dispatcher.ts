/**
 * The dispatcher brings instructions to their agents and answers to their runs. Messages may be lost, repeated or late:
 * an instruction is sent again until it is answered, and only the first answer of the right cluster's agent counts.
 */
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { RunLine } from "@coeval/core/model/run-line";
import type { World } from "@coeval/core/ports/world";
import type { Instruction, Outcome, Report } from "@coeval/core/protect/instruction";
import type { RunEvent } from "@coeval/core/protect/run";
import { createBell } from "./bell.ts";
import type { Link } from "./link.ts";
import type { Records } from "./records.ts";
import type { Answer } from "./save-step.ts";
import type { Tasks } from "./tasks.ts";

/** The first repeat of an instruction comes after this, … */
export const RESEND_MS_MIN = 2000;
/** … later ones after twice as long each time, up to this. A reconnected agent gets all at once. */
export const RESEND_MS_MAX = 15_000;
/** Messages that a link may still have to send when it is given another instruction. */
const LINK_QUEUED_MAX = 64;
const LOOK_EVERY_MS = 500;

export interface DispatcherParts {
  readonly tasks: Tasks;
  readonly records: Records;
  /** The link of a cluster's acting agent, if it is connected and ready. */
  readonly linkOf: (cluster: string) => Link | null;
  /** The term in which the link's agent acts; null when another one does. */
  readonly termOf: (link: Link) => number | null;
  /** The outcome, or the failure that it amounts to. */
  readonly check: (run: string, outcome: Outcome) => Outcome;
  /** `lines`: of the run's log, for the transaction of the event. */
  readonly feed: (
    run: string,
    event: RunEvent,
    answer: Answer | null,
    lines: readonly RunLine[],
  ) => Promise<void>;
}

export interface Dispatcher {
  /** Sends an instruction, now and again, until it is answered or withdrawn. */
  send(instruction: Instruction): void;
  withdraw(run: string): void;
  /** An agent came: it gets everything that is open for its cluster. */
  connected(link: Link): void;
  /** @throws CoevalError `not-allowed` when the instruction is another cluster's, `protocol` when the answer is to another step. */
  answered(link: Link, instruction: string, outcome: Outcome): Promise<void>;
  /** As `answered`. A report that cannot be taken is dropped: lost reports do no harm. */
  reported(link: Link, instruction: string, report: Report, lines?: readonly RunLine[]): Promise<void>;
  /** Instructions that wait for an answer. */
  readonly open: number;
}

interface Open {
  readonly instruction: Instruction;
  pauseMs: number;
  dueElapsedMs: number;
}

export function createDispatcher(world: World, parts: DispatcherParts): Dispatcher {
  const open = new Map<string, Open>();
  const more = createBell();
  const { clock, log } = world;

  /** Sends, unless the agent is away or the link is busy: then the instruction stays due. */
  function transmit(entry: Open): void {
    const link = parts.linkOf(entry.instruction.cluster);
    const term = link && parts.termOf(link);
    if (!link || term === null || link.queued >= LINK_QUEUED_MAX) return;
    link.send({ say: "instruct", term, instruction: entry.instruction });
    entry.dueElapsedMs = clock.elapsedMs() + entry.pauseMs;
    entry.pauseMs = Math.min(entry.pauseMs * 2, RESEND_MS_MAX);
  }

  async function resend(cancel: AbortSignal): Promise<void> {
    for (;;) {
      if (open.size === 0) await more.next(cancel);
      await clock.sleep(LOOK_EVERY_MS, cancel);
      for (const entry of open.values()) if (entry.dueElapsedMs <= clock.elapsedMs()) transmit(entry);
    }
  }

  const about = (link: Link, id: string) => openOf(parts, link, open.get(id)?.instruction ?? null);
  parts.tasks.start("resend", resend);

  return {
    get open() {
      return open.size;
    },
    send(instruction) {
      const entry = { instruction, pauseMs: RESEND_MS_MIN, dueElapsedMs: Number.NEGATIVE_INFINITY };
      open.set(instruction.id, entry);
      transmit(entry);
      more.ring();
    },
    withdraw(run) {
      for (const [id, { instruction }] of open) if (instruction.run === run) open.delete(id);
    },
    connected(link) {
      for (const entry of open.values()) {
        if (entry.instruction.cluster !== link.peer.cluster) continue;
        entry.pauseMs = RESEND_MS_MIN;
        entry.dueElapsedMs = Number.NEGATIVE_INFINITY;
        transmit(entry);
      }
    },
    async answered(link, id, { lines = [], ...said }) {
      const instruction = await about(link, id);
      if (!instruction) return;
      const { run, order } = instruction;
      if (said.ok && said.result.step !== order.step)
        throw new CoevalError("protocol", `${id} was answered with the result of ${said.result.step}`);
      const outcome = parts.check(run, said);
      const event = answerTo(instruction, outcome, clock.nowMs());
      const answer = { instruction: id, outcome, who: link.who };
      await parts.feed(run, event, answer, told(instruction, lines));
      open.delete(id);
    },
    async reported(link, id, report, lines = []) {
      const instruction = await about(link, id);
      if (!instruction) return;
      const event: RunEvent = { kind: "reported", side: sideOf(instruction), report, now: clock.nowMs() };
      try {
        await parts.feed(instruction.run, event, null, told(instruction, lines));
      } catch (thrown) {
        log.warn("report-dropped", { instruction: id, cause: toFailure(thrown).message });
      }
    },
  };
}

/** The open instruction that a message is about; null when none is. What an agent says that acts no more is not what became of it. */
async function openOf(
  { records, termOf }: DispatcherParts,
  link: Link,
  instruction: Instruction | null,
): Promise<Instruction | null> {
  if (instruction) await checkOwn(records, link, instruction);
  return termOf(link) === null ? null : instruction;
}

function answerTo(instruction: Instruction, outcome: Outcome, now: Instant): RunEvent {
  return { kind: "answered", side: sideOf(instruction), step: instruction.order.step, outcome, now };
}

/** Whose line it is, the agent does not say itself. */
function told(instruction: Instruction, lines: readonly RunLine[]): RunLine[] {
  const whose = `${sideOf(instruction)} ${instruction.cluster}`;
  return lines.map(({ at, text }) => ({ at, text: `${whose}: ${text}` }));
}

function sideOf(instruction: Instruction): "source" | "target" {
  return instruction.role === "primary" ? "source" : "target";
}

/** @throws CoevalError `not-allowed`, audited, when the agent is another cluster's than the instruction's. */
async function checkOwn(records: Records, link: Link, { id, cluster }: Instruction): Promise<void> {
  const { peer, who } = link;
  if (peer.cluster === cluster) return;
  const details = { fingerprint: peer.fingerprint, of: cluster };
  await records.write((tx) => tx.audit(who, "instruction.refuse-answer", `instruction/${id}`, details));
  throw new CoevalError(
    "not-allowed",
    `instruction ${id} is not one of ${peer.cluster}, whose agent ${who} is`,
  );
}
