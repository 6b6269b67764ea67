/** One run, watched: the whole run whenever it changed, until it is over. */
import type { RunEvent } from "@coeval/contract/api/event";
import { isRunOver } from "@coeval/contract/api/run";
import { formatInstant } from "@coeval/core/model/instant";
import type { Clock } from "@coeval/core/ports/clock";
import type { Control } from "../control.ts";
import type { SentEvent } from "./event-stream.ts";
import { showRun } from "./show-run.ts";

/** Progress is looked at so often; it is not worth an event of its own in the store. */
const LOOK_EVERY_MS = 500;

export async function* watchRun(
  control: Pick<Control, "runs" | "events">,
  clock: Pick<Clock, "nowMs" | "sleep">,
  id: string,
  cancel: AbortSignal,
): AsyncGenerator<SentEvent> {
  let shown = "";
  for (;;) {
    const sequence = await control.events.last();
    const run = showRun(await control.runs.get(id));
    const text = JSON.stringify(run);
    if (text !== shown) {
      shown = text;
      const data: RunEvent = { now: formatInstant(clock.nowMs()), run };
      yield { id: sequence, event: "run", data };
    }
    if (cancel.aborted || isRunOver(run.phase)) return;
    await change(control, clock, sequence, id, cancel);
  }
}

/** Resolves at the run's next event, or when it is time to look at its progress. */
async function change(
  control: Pick<Control, "events">,
  clock: Pick<Clock, "sleep">,
  after: number,
  id: string,
  cancel: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const either = AbortSignal.any([done.signal, cancel]);
  const event = (async () => {
    for await (const { object } of control.events.subscribe(after, either))
      if (object === `run/${id}`) return;
  })();
  const time = clock.sleep(LOOK_EVERY_MS, either).catch(() => undefined);
  try {
    await Promise.race([event, time]);
  } finally {
    done.abort();
    await Promise.all([event, time]);
  }
}
