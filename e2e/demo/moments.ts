// Watches the policies' moments become recovery points, until every service has as many as were asked for.
import { performance } from "node:perf_hooks";
import { isOver, type Run, type Status } from "../harness/answers.ts";
import { type Rest, restOf } from "../harness/rest.ts";
import { pause } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { pointLine, type Scene, type ShownRun, sceneLines } from "./scene.ts";
import type { Screen } from "./screen.ts";
import type { DemoWords } from "./words.ts";
import type { DemoWorkload } from "./workload.ts";

export interface MomentsStage {
  readonly words: DemoWords;
  readonly screen: Screen;
  readonly stop: AbortSignal;
  readonly world: World;
  readonly services: readonly string[];
  readonly workload: DemoWorkload;
  readonly begunAt: number;
  readonly say: (line: string) => void;
}

const REDRAW_MS = 250;
const STATUS_EVERY_MS = 1000;
/** A demo whose services get no points for so long has failed. */
const LIMIT_MS = 900_000;
const PAUSE_WHY = "the demo has seen enough";

/** All runs that are over, the failed ones too, none going on any more; `ended` is called for each at its end. */
export async function watchMoments(stage: MomentsStage, ended: (run: Run) => void): Promise<readonly Run[]> {
  const { services, words, stop, world } = stage;
  const rest = restOf(world);
  const over: Run[] = [];
  const draw = viewer(stage, rest, over);
  const phases = new Map<string, string>();
  const enough = (): boolean =>
    services.every(
      (name) => over.filter((run) => run.service === name && run.phase === "done").length >= words.moments,
    );
  let paused = false;
  try {
    for (;;) {
      const { items } = await rest.get<{ items: ShownRun[] }>("/api/v1/runs?limit=20");
      const active = items.filter((run) => !isOver(run)).toReversed();
      if (!stage.screen.redraws) tellPhases(stage, active, phases);
      for (const run of items.toReversed()) {
        if (!isOver(run) || over.some(({ id }) => id === run.id)) continue;
        over.push(run);
        stage.say(pointLine(run));
        ended(run);
      }
      if (stop.aborted || (paused && active.length === 0)) return over;
      if (enough() && !paused) {
        await world.cli(["service", "pause", "--all", "--why", PAUSE_WHY]);
        paused = true;
      }
      if (performance.now() - stage.begunAt > LIMIT_MS)
        throw new Error("the services do not get the points that were asked for; see what was said above");
      await draw(active);
    }
  } finally {
    rest.close();
  }
}

/** Where nothing is redrawn, each phase is a line. */
function tellPhases({ say }: MomentsStage, active: readonly ShownRun[], phases: Map<string, string>): void {
  for (const { id, service, moment, phase } of active) {
    if (phases.get(id) === phase) continue;
    phases.set(id, phase);
    say(`  ${service.padEnd(8)} ${moment} ${phase}`);
  }
}

function viewer(
  stage: MomentsStage,
  rest: Rest,
  over: readonly Run[],
): (active: readonly ShownRun[]) => Promise<void> {
  let status: Status | null = null;
  let statusAt = Number.NEGATIVE_INFINITY;
  const rates: { readonly at: number; readonly total: number }[] = [];
  return async (active) => {
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
      active,
      over,
      everySeconds: stage.words.everySeconds,
      momentsWanted: stage.words.moments,
    };
    stage.screen.show(sceneLines(scene));
    await pause(REDRAW_MS);
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
