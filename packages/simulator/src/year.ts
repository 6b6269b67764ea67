/**
 * A year of hourly moments: a laboratory that sleeps between its moments. The machines are suspended and wake a little before each; on one
 * day in each two months the agents are there and every moment is taken, on all other days it is told as missed.
 */
import { momentsOf } from "@coeval/core/protect/moments";
import { createConductor } from "./conductor.ts";
import { createOperator } from "./operator.ts";
import type { Stage } from "./stage.ts";
import { createEye, type Notes, QUIET_MS } from "./watch.ts";
import { calendar } from "./world/calendar.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
/** Of these days the first one is a working day. */
const CYCLE_DAYS = 60;
/** Before a moment the machines wake: on a working day links and clocks are there by then, on another the control device looks about. */
const AWAKE_MS = { working: 20_000, other: 5000 } as const;
/** After it they sleep again, once no run goes on. */
const SETTLED_MS = 3000;
const LOOK_MS = 500;

export async function sleepOn(stage: Stage, notes: Notes): Promise<void> {
  const { timeline, service, writer, machines } = stage;
  const { inspection } = notes;
  const operator = createOperator(stage);
  const conductor = createConductor(stage);
  const eye = createEye(stage, operator, notes, () => undefined);
  const due = momentsOf(service.policy, calendar);
  conductor.start("control");
  await operator.setUp();
  inspection.of(service.name).applied();
  let working = false;

  function work(day: number): void {
    const wanted = day % CYCLE_DAYS === 0;
    if (wanted === working) return;
    working = wanted;
    if (wanted) {
      for (const name of ["east", "west"] as const) conductor.start(name);
      writer.start();
      return;
    }
    writer.stop();
    conductor.dismiss();
  }

  for (let moment = due.next(stage.sharedAt(timeline.nowMs)); moment !== null; moment = due.next(moment)) {
    if (stage.trueAt(moment) > YEAR_MS || !inspection.well) break;
    work(Math.floor(timeline.nowMs / DAY_MS));
    const awakeMs = working ? AWAKE_MS.working : AWAKE_MS.other;
    timeline.leap(stage.trueAt(moment) - awakeMs - timeline.nowMs);
    await timeline.pass(awakeMs + SETTLED_MS);
    if (!working) continue;
    do {
      await timeline.pass(LOOK_MS);
      await eye.look();
    } while (eye.active);
  }
  if (working) writer.stop();
  await operator.pauseAll();
  for (const name of ["east", "west"] as const) if (!machines[name].life?.alive) conductor.start(name);
  await timeline.pass(QUIET_MS);
  await eye.look();
  inspection.of(service.name).moments(await operator.moments(service.name));
  await inspection.all();
}
