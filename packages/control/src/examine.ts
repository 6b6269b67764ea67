/** Questions to an agent about data sets: asked over a link, answered by findings, within a time. */
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import { CoevalError } from "@coeval/core/errors";
import type { ClusterIdentity } from "@coeval/core/model/cluster";
import type { DataSet } from "@coeval/core/model/data-set";
import type { World } from "@coeval/core/ports/world";
import type { Finding } from "@coeval/core/ports/source";
import { withinMs } from "./time-limit.ts";

/** An agent answers within this. */
export const EXAMINE_MS_MAX = 30_000;
/** Questions open on one link at a time. */
export const EXAMINES_MAX = 16;

export interface Question {
  readonly identity: ClusterIdentity | null;
  readonly sets: readonly DataSet[];
  /** On the secondary: the holding directory. Null on the primary. */
  readonly directory: string | null;
}

export interface Examiner {
  /** @throws CoevalError what the agent says, `stalled` when it says nothing in time, `agent-away` when the link ends. */
  ask(question: Question): Promise<readonly Finding[]>;
  /** An answer came. One that nobody waits for any more means nothing. */
  answered(message: Extract<FromAgent, { say: "findings" }>): void;
  end(reason: string): void;
}

/** @param cluster for the messages of errors. */
export function createExaminer(
  world: World,
  cluster: string,
  send: (message: FromControl) => void,
): Examiner {
  const open = new Map<number, PromiseWithResolvers<readonly Finding[]>>();
  let last = 0;
  return {
    async ask({ identity, sets, directory }) {
      if (open.size >= EXAMINES_MAX)
        throw new CoevalError(
          "too-large",
          `${open.size} questions to the agent of ${cluster} are open already`,
        );
      const number = ++last;
      const answer = Promise.withResolvers<readonly Finding[]>();
      open.set(number, answer);
      send({ say: "examine", number, identity, sets: [...sets], directory });
      try {
        const outcome = await withinMs(world.clock, EXAMINE_MS_MAX, answer.promise);
        if (!outcome.late) return outcome.value;
        const seconds = EXAMINE_MS_MAX / 1000;
        throw new CoevalError(
          "stalled",
          `the agent of ${cluster} did not examine the data sets in ${seconds} s`,
        );
      } finally {
        open.delete(number);
      }
    },
    answered({ number, findings, failure }) {
      const answer = open.get(number);
      if (!failure) return answer?.resolve(findings);
      answer?.reject(new CoevalError(failure.code, failure.message, { evidence: failure.evidence }));
    },
    end(reason) {
      const gone = new CoevalError("agent-away", `the agent of ${cluster} went away: ${reason}`);
      for (const answer of open.values()) answer.reject(gone);
      open.clear();
    },
  };
}
