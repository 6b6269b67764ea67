/** Instructions come again long after they were sent, and forged ones come in between: of another epoch, role or cluster. */
import { encodeJson } from "@coeval/contract/wire/frame";
import { policyDefaults } from "@coeval/core/model/policy";
import type { Instruction } from "@coeval/core/protect/instruction";
import type { Act, Scenario } from "../plan.ts";
import type { Stage } from "../stage.ts";
import type { Seed } from "../world/seed.ts";

export const lateInstructions: Scenario = {
  name: "late-instructions",
  plan: (seed) => ({
    runs: 3,
    link: { lost: 0, repeated: 0.1, late: 0.1, replayed: 0.5 },
    acts: Array.from(
      { length: 4 },
      (_, index): Act => ({
        name: "forged instruction",
        when: { kind: "after-begin", run: index % 3, ms: seed.between(0, 6000) },
        act: (stage) =>
          stage.net.inject(
            "control",
            "east",
            encodeJson({ say: "instruct", instruction: forged(stage, seed) }),
          ),
      }),
    ),
  }),
};

/** Right in all but one thing. */
function forged(stage: Stage, seed: Seed): Instruction {
  const run = `run-forged${seed.whole(1, 9)}`;
  const wrong = seed.pick([{ epoch: 7 }, { role: "secondary" as const }, { cluster: "west" }]);
  return {
    id: `${run}/take-snapshots/source`,
    run,
    service: stage.service.name,
    cluster: "east",
    role: "primary",
    epoch: 1,
    identity: null,
    order: {
      step: "take-snapshots",
      filters: policyDefaults.filters,
      moment: Math.ceil(stage.sharedAt(stage.timeline.nowMs) + 100),
      sets: stage.service.dataSets,
      snapshotName: `coeval-${run}`,
      clockErrorMsMax: 1000,
    },
    ...wrong,
  };
}
