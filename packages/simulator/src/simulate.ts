/** One seed, one history: the plan is drawn, the stage built, the runs made under faults, and every checker asked. */
import type { Run } from "@coeval/core/protect/run";
import type { Checker } from "./checkers/checker.ts";
import { createConductor } from "./conductor.ts";
import { createOperator } from "./operator.ts";
import { type Complaint, createInspection } from "./inspection.ts";
import { planOf, type Scenario } from "./plan.ts";
import type { ProcessName } from "./processes/machine.ts";
import { buildStage, clearStage, type Stage, type Tampers } from "./stage.ts";
import type { Life } from "./world/life.ts";
import { createTimeline, type Drain } from "./world/timeline.ts";
import { seedOf } from "./world/seed.ts";
import { type Notes, QUIET_MS, watchOn } from "./watch.ts";
import { sleepOn } from "./year.ts";

export interface SimulateOptions {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly checkers: readonly Checker[];
  readonly drain: Drain;
  /** Bugs put in on purpose. */
  readonly tampers?: Tampers;
}

export interface Verdict {
  readonly seed: number;
  readonly scenario: string;
  readonly complaints: readonly Complaint[];
  /** Of the whole log: equal for equal histories. */
  readonly digest: string;
  readonly log: readonly string[];
  /** How each run ended: `sealed`, or the code of its failure. */
  readonly endings: readonly string[];
  readonly events: number;
  readonly virtualMs: number;
  /** Port calls of each process in each run, as far as one life goes. */
  readonly runCalls: readonly Readonly<Record<ProcessName, number>>[];
}

/** True time, in ms, at which a simulation is given up. */
const SIMULATION_MS_MAX = 12 * 3_600_000;
const YEAR_MS_MAX = 366 * 86_400_000;
const BETWEEN_RUNS_MS = 3000;
/** An NTP server that answers again is read within this. */
const READ_AGAIN_MS = 10_000;
/** Attempts at a sealed point in fair weather. */
const RECOVERY_RUNS_MAX = 2;

export async function simulate(options: SimulateOptions): Promise<Verdict> {
  const seed = seedOf(options.seed, options.scenario.name);
  const timeline = createTimeline(options.drain);
  const plan = planOf(options.scenario, seed.stream("plan"));
  const stage = await buildStage(seed, timeline, plan, options.tampers ?? {});
  const complaints: Complaint[] = [];
  const inspection = createInspection(stage, options.checkers, complaints);
  const runs: Run[] = [];
  const runCalls: Record<ProcessName, number>[] = [];
  let over = false;
  const play = playOn(stage, { inspection, runs, runCalls })
    .catch((thrown: unknown) => {
      complaints.push({
        checker: "simulator",
        text: thrown instanceof Error ? String(thrown.stack) : String(thrown),
      });
    })
    .finally(() => {
      over = true;
    });
  const untilMs = plan.aYear ? YEAR_MS_MAX : SIMULATION_MS_MAX;
  if (!(await timeline.run(() => over, untilMs)))
    complaints.push({ checker: "run-ends", text: `nothing ended by ${untilMs} ms of true time` });
  else await play;
  const { book } = stage;
  await clearStage(stage);
  return {
    seed: options.seed,
    scenario: plan.scenario,
    complaints,
    digest: book.digest(),
    log: book.tail(),
    endings: runs.map((run) => run.cause?.code ?? "sealed"),
    events: timeline.events,
    virtualMs: timeline.nowMs,
    runCalls,
  };
}

async function playOn(stage: Stage, notes: Notes): Promise<void> {
  if (stage.plan.aYear) await sleepOn(stage, notes);
  else if (stage.plan.byPolicy) await watchOn(stage, stage.plan.byPolicy, notes);
  else await askOn(stage, notes);
}

/** The operator asks for one run after the other. */
async function askOn(stage: Stage, { inspection, runs, runCalls }: Notes): Promise<void> {
  const { plan, timeline, writer, seed, service } = stage;
  const operator = createOperator(stage);
  const conductor = createConductor(stage);
  const findings = inspection.of(service.name);

  /** One run from asking to its end, checked. False when it never ended. */
  async function once(number: number): Promise<boolean> {
    await operator.edit(turn(plan.directions, number), turn(plan.filters, number));
    conductor.begin(number);
    const before = callsOf(stage.machines);
    const why = await operator.protect((run) => {
      const momentMs = stage.trueAt(run.moment);
      writer.hurryAround(momentMs);
      conductor.moment(number, momentMs);
    });
    if (why !== null) stage.book.write("operator", "no run", { why });
    const settled = await operator.settle();
    if ("stuck" in settled) {
      inspection.complain("run-ends", [settled.stuck]);
      return false;
    }
    runs.push(...settled.ended);
    runCalls.push(since(before, callsOf(stage.machines)));
    const status = await operator.status();
    findings.points(await operator.points(service.name));
    inspection.status(status);
    for (const run of settled.ended) await findings.ended(run);
    conductor.ended(number);
    await timeline.pass(seed.between(0, BETWEEN_RUNS_MS));
    return inspection.well;
  }

  conductor.start("control");
  await operator.setUp();
  findings.applied();
  conductor.startAgents();
  writer.start();
  let well = true;
  for (let number = 0; number < plan.runs && well; number++) well = await once(number);
  conductor.cease();
  if (plan.clock === "ntp") await timeline.pass(READ_AGAIN_MS);
  for (let more = 0; well && more < RECOVERY_RUNS_MAX; more++) {
    well = await once(plan.runs + more);
    if (runs.at(-1)?.phase === "done" || !plan.recovers) break;
  }
  writer.stop();
  if (!well) return;
  await timeline.pass(QUIET_MS);
  await inspection.all();
}

function callsOf({ control, east, west }: Stage["machines"]): Record<ProcessName, number> {
  const calls = (machine: { readonly life: Life | null }) => machine.life?.calls ?? 0;
  return { control: calls(control), east: calls(east), west: calls(west) };
}

function since(
  before: Record<ProcessName, number>,
  after: Record<ProcessName, number>,
): Record<ProcessName, number> {
  return {
    control: after.control - before.control,
    east: after.east - before.east,
    west: after.west - before.west,
  };
}

/** The one whose turn it is; after the last the first again. */
function turn<T>(all: readonly [T, ...T[]], number: number): T {
  return all[number % all.length] ?? all[0];
}
