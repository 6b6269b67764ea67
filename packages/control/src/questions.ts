/** Questions to an agent, which change nothing: asked over its link, answered within a time. */
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import { CoevalError } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import { withinMs } from "./time-limit.ts";

/** An agent answers within this. */
export const ANSWER_MS_MAX = 30_000;
/** Questions open on one link at a time. */
export const QUESTIONS_MAX = 16;

type Kinds = {
  examine: "findings";
  "find-sets": "sets-found";
  "may-retire": "retire-judged";
  inspect: "inspected";
  "list-point": "entries";
  "check-point": "point-checked";
  "holds-point": "held";
  "keep-point": "kept";
};
export type Question = {
  [K in keyof Kinds]: Omit<Extract<FromControl, { say: K }>, "number">;
}[keyof Kinds];
export type Answer = Extract<FromAgent, { say: Kinds[keyof Kinds] }>;
type AnswerTo<Q extends Question> = Extract<FromAgent, { say: Kinds[Q["say"]] }>;

export interface Questions {
  /** @throws CoevalError what the agent says, `stalled` when it says nothing in time, `agent-away` when the link ends. */
  ask<Q extends Question>(question: Q): Promise<AnswerTo<Q>>;
  /** An answer came. One that nobody waits for any more means nothing. */
  answered(answer: Answer): void;
  end(reason: string): void;
}

/** @param cluster for the messages of errors. */
export function createQuestions(
  world: World,
  cluster: string,
  send: (message: FromControl) => void,
): Questions {
  const open = new Map<number, PromiseWithResolvers<Answer>>();
  let last = 0;
  return {
    async ask<Q extends Question>(question: Q) {
      if (open.size >= QUESTIONS_MAX)
        throw new CoevalError(
          "too-large",
          `${open.size} questions to the agent of ${cluster} are open already`,
        );
      const number = ++last;
      const answer = Promise.withResolvers<Answer>();
      open.set(number, answer);
      send({ ...question, number } as FromControl);
      try {
        const outcome = await withinMs(world.clock, ANSWER_MS_MAX, answer.promise);
        if (!outcome.late) return outcome.value as AnswerTo<Q>;
        const seconds = ANSWER_MS_MAX / 1000;
        throw new CoevalError("stalled", `the agent of ${cluster} did not answer in ${seconds} s`);
      } finally {
        open.delete(number);
      }
    },
    answered(answer) {
      const waiting = open.get(answer.number);
      const { failure } = answer;
      // What could not be inspected is told beside what could.
      if (!failure || answer.say === "inspected") return waiting?.resolve(answer);
      waiting?.reject(new CoevalError(failure.code, failure.message, { evidence: failure.evidence }));
    },
    end(reason) {
      const gone = new CoevalError("agent-away", `the agent of ${cluster} went away: ${reason}`);
      for (const waiting of open.values()) waiting.reject(gone);
      open.clear();
    },
  };
}
