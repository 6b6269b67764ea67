/** The control device's questions, which change nothing: each answered within a time, or with why not. */
import { CoevalError } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import { examine } from "./examine.ts";
import { findSets } from "./find-sets.ts";
import { inspect, type InspectParts } from "./inspect.ts";
import { checkPoint, listPoint } from "./points.ts";
import { mayRetire } from "./retire.ts";

/** A question is given up after this; the control device waits a bit longer. */
const ANSWER_MS_MAX = 25_000;

export type Question = Extract<
  FromControl,
  { say: "examine" | "inspect" | "find-sets" | "may-retire" | "list-point" | "check-point" }
>;

export interface QuestionParts extends InspectParts {
  readonly cluster: string;
}

/** Never rejects: a failure is an answer too. */
export async function answerQuestion(
  world: World,
  parts: QuestionParts,
  asked: Question,
): Promise<FromAgent> {
  if (asked.say === "list-point") return listPoint(world, asked);
  if (asked.say === "may-retire") return mayRetire(world, parts.limits, parts.cluster, asked);
  const cancel = new AbortController();
  const timer = new AbortController();
  void world.clock.sleep(ANSWER_MS_MAX, timer.signal).then(
    () => cancel.abort(new CoevalError("stalled", `the answer took longer than ${ANSWER_MS_MAX} ms`)),
    () => undefined,
  );
  try {
    if (asked.say === "inspect") return await inspect(world, parts, asked, cancel.signal);
    const drivers = await parts.drivers();
    if (asked.say === "examine")
      return await examine(world, drivers, parts.limits, parts.cluster, asked, cancel.signal);
    if (asked.say === "find-sets")
      return await findSets(world, drivers, parts.limits, parts.cluster, asked, cancel.signal);
    return await checkPoint(world, drivers, asked, cancel.signal);
  } finally {
    timer.abort("answered");
  }
}
