/** A data set is removed between arming and the moment: no point is made of what is left, and the reason is named. */
import type { Act, Scenario } from "../plan.ts";
import type { Stage } from "../stage.ts";

export const setRemoved: Scenario = {
  name: "set-removed",
  plan(seed) {
    const run = seed.whole(0, 1);
    const remove: Act = {
      name: "data set removed",
      when: { kind: "before-moment", run, ms: seed.between(-50, 900) },
      act: ({ writer, service }) => writer.edit((workload) => void workload.remove(lastSet(service))),
    };
    const make: Act = {
      name: "data set made again",
      when: { kind: "after-run", run },
      act: ({ writer, service, plan }) =>
        writer.edit((workload) => {
          workload.makeDirectory(lastSet(service));
          if (!plan.shape.covering) workload.allowSnapshot(lastSet(service));
        }),
    };
    return { runs: 2, acts: [remove, make] };
  },
};

function lastSet(service: Stage["service"]): string {
  return service.dataSets.at(-1)?.path ?? "";
}
