// Takes moments at an interval and shows each on its way to a recovery point.
import { performance } from "node:perf_hooks";
import { isOver, type Run, type Status } from "../harness/answers.ts";
import { type Rest, restOf } from "../harness/rest.ts";
import { pause } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { pointLine, type Scene, sceneLines } from "./scene.ts";
import type { Screen } from "./screen.ts";
import type { DemoWords } from "./words.ts";
import type { DemoWorkload } from "./workload.ts";

export interface MomentsStage {
  readonly words: DemoWords;
  readonly screen: Screen;
  readonly stop: AbortSignal;
  readonly world: World;
  readonly service: string;
  readonly workload: DemoWorkload;
  readonly begunAt: number;
  readonly say: (line: string) => void;
}

const REDRAW_MS = 200;
const STATUS_EVERY_MS = 1000;
/** A request is made so long before its moment. */
const AHEAD_MS = 3000;
/** A run that takes longer than this is no demo any more. */
const RUN_LIMIT_MS = 600_000;

/** All runs that are over, the failed ones too; `ended` is called for each at its end. */
export async function takeMoments(stage: MomentsStage, ended: (run: Run) => void): Promise<readonly Run[]> {
  const rest = restOf(stage.world);
  const view = viewer(stage, rest);
  try {
    let nextAt = Date.now() + AHEAD_MS;
    while (view.over.length < stage.words.moments && !stage.stop.aborted) {
      while (Date.now() < nextAt - AHEAD_MS && !stage.stop.aborted) await view.draw(null, nextAt);
      if (stage.stop.aborted) break;
      const run = await follow(stage, rest, view, nextAt);
      if (run === null) break;
      view.over.push(run);
      stage.say(pointLine(run));
      ended(run);
      nextAt = Math.max(nextAt + stage.words.everySeconds * 1000, Date.now() + AHEAD_MS);
    }
    return view.over;
  } finally {
    rest.close();
  }
}

/** Null when it was told to stop. */
async function follow(stage: MomentsStage, rest: Rest, view: View, at: number): Promise<Run | null> {
  // The command itself takes a while to start on a busy host, so the moment may be later than planned, never earlier.
  const moment = new Date(Math.max(at, Date.now() + AHEAD_MS)).toISOString();
  const command = ["service", "protect", stage.service, "--at", moment];
  if (!stage.screen.redraws) stage.say(`coeval ${command.join(" ")}`);
  const accepted = await stage.world.cli([...command, "-o", "json"]);
  if (accepted.code !== 0) throw new Error(`coeval ${command.join(" ")}: ${accepted.stderr}`);
  const { id } = accepted.json<Run>();
  const begunAt = performance.now();
  let phase = "";
  for (;;) {
    const run = await rest.get<Run>(`/api/v1/runs/${id}`);
    if (!stage.screen.redraws && run.phase !== phase && !isOver(run)) stage.say(`  ${run.phase}`);
    phase = run.phase;
    if (isOver(run)) return run;
    if (stage.stop.aborted) return null;
    if (performance.now() - begunAt > RUN_LIMIT_MS) throw new Error(`${id} is still in ${run.phase}`);
    await view.draw(run, null);
  }
}

interface View {
  readonly over: Run[];
  draw(run: Run | null, nextAt: number | null): Promise<void>;
}

function viewer(stage: MomentsStage, rest: Rest): View {
  const over: Run[] = [];
  let status: Status | null = null;
  let statusAt = Number.NEGATIVE_INFINITY;
  const rates: { readonly at: number; readonly total: number }[] = [];
  return {
    over,
    async draw(run, nextAt) {
      const now = performance.now();
      if (now - statusAt > STATUS_EVERY_MS) {
        statusAt = now;
        status = await rest.get<Status>("/api/v1/status");
        rates.push({ at: now, total: stage.workload.total });
        if (rates.length > 5) rates.shift();
      }
      const scene: Scene = {
        elapsedMs: now - stage.begunAt,
        status,
        workload: rateOf(rates),
        run,
        over,
        momentsWanted: stage.words.moments,
        nextAt,
        now: Date.now(),
      };
      stage.screen.show(sceneLines(scene));
      await pause(REDRAW_MS);
    },
  };
}

function rateOf(rates: readonly { readonly at: number; readonly total: number }[]): Scene["workload"] {
  const [first, last] = [rates[0], rates.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return null;
  return {
    writesPerSecond: ((last.total - first.total) * 1000) / (last.at - first.at),
    total: last.total,
  };
}
