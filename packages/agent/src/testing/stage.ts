/** Two sites and time, ready for a run; and the instructions of one, for tests of single steps. */
import { DIRECTIONS, type Direction } from "@coeval/core/protect/direction";
import type { Run } from "@coeval/core/protect/run";
import type { Instruction, Outcome, Report, Step } from "@coeval/core/protect/instruction";
import { inOrder, type Tree } from "@coeval/core/testing/trees";
import { type Conductor, conduct, runOf, type Sites } from "./conductor.ts";
import { createFakeNet, type FakeNet } from "./fake-network.ts";
import { createFakeTime, type FakeTime } from "./fake-time.ts";
import { createSite, type Site } from "./site.ts";

export interface Stage {
  readonly time: FakeTime;
  readonly net: FakeNet;
  readonly sites: Sites;
}

/** `east` is the source, `west` the target. */
export async function createStage(): Promise<Stage> {
  const time = createFakeTime();
  const net = createFakeNet();
  const source = await createSite(net, time, "east");
  return { time, net, sites: { source, target: await createSite(net, time, "west") } };
}

/** The data sets of a tree. */
export function setsOf(tree: Tree): string[] {
  return [...new Set(inOrder(tree).map(({ set }) => set))];
}

/** Begins a run that takes the tree. */
export function begin(
  { time, sites }: Stage,
  id: string,
  tree: Tree,
  last: Run | null,
  direction: Direction = "push",
): Conductor {
  sites.source.source.tree = tree;
  return conduct(runOf(id, time, sites, { sets: setsOf(tree), direction, last }), time, sites);
}

/** A run to its end. */
export async function protect(
  stage: Stage,
  id: string,
  tree: Tree,
  last: Run | null = null,
  direction: Direction = "push",
): Promise<Run> {
  return stage.time.until(begin(stage, id, tree, last, direction).over);
}

/** The sites of a run by what they do in its transfer. */
export function endsOf(
  { sites }: Stage,
  direction: Direction,
): { readonly listener: Site; readonly dialler: Site } {
  const { listens, dials } = DIRECTIONS[direction];
  return { listener: sites[listens.side], dialler: sites[dials.side] };
}

/** What one site says while a test instructs it itself. */
export interface Heard {
  readonly reports: readonly (readonly [id: string, report: Report])[];
  readonly answers: readonly (readonly [id: string, outcome: Outcome])[];
  /** Instructs, and waits for the answer. */
  ask(instruction: Instruction): Promise<Outcome>;
  /** The next answer to an instruction. */
  answerTo(id: string): Promise<Outcome>;
}

export function listenTo(site: Site, time: FakeTime): Heard {
  const reports: (readonly [string, Report])[] = [];
  const answers: (readonly [string, Outcome])[] = [];
  let waiting: { readonly id: string; readonly tell: (outcome: Outcome) => void }[] = [];
  site.hear = {
    report: (id, report) => void reports.push([id, report]),
    answer(id, outcome) {
      answers.push([id, outcome]);
      for (const one of waiting) if (one.id === id) one.tell(outcome);
      waiting = waiting.filter((one) => one.id !== id);
    },
  };
  const answerTo = (id: string) => new Promise<Outcome>((tell) => void waiting.push({ id, tell }));
  return {
    reports,
    answers,
    answerTo,
    async ask(instruction) {
      const answer = answerTo(instruction.id);
      await site.instruct(instruction);
      return time.until(answer);
    },
  };
}

/** The instruction of a step that the run was given. @throws Error when it was not given. */
export function given(conductor: Conductor, step: Step): Instruction {
  const found = conductor.given.find(({ order }) => order.step === step);
  if (!found) throw new Error(`${step} was not given`);
  return found;
}
