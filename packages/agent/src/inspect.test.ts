import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import { inspect } from "./inspect.ts";
import { inspectionOf } from "./testing/fake-source.ts";
import { createStage } from "./testing/stage.ts";

const limits = { readPrefixes: ["/data"], writePrefixes: ["/coeval"] };

async function prepared() {
  const { time, sites } = await createStage();
  const { source, target } = sites.source;
  const clock = time.clock();
  const world = { clock } as Parameters<typeof inspect>[0];
  const ask = (reachable = true) =>
    time.until(
      inspect(
        world,
        {
          limits,
          drivers: async () => ({ source, target }),
          async probe() {
            await clock.sleep(40);
            return { ...source.status, reachable, cause: reachable ? null : "gone" };
          },
        },
        { say: "inspect", number: 3, scopes: ["/data"] },
        new AbortController().signal,
      ),
    );
  return { ask, source, clock };
}

test("what the cluster is and how long it took to say so, with the agent's own limits", async () => {
  const { ask } = await prepared();
  const answer = await ask();
  assert.deepEqual(answer, {
    say: "inspected",
    number: 3,
    status: answer.status,
    tookMs: 40,
    inspection: inspectionOf(),
    limits: { read: ["/data"], write: ["/coeval"] },
    failure: null,
  });
});

test("a cluster that does not answer is not asked further", async () => {
  const { ask, source } = await prepared();
  source.inspect = async () => assert.fail("it was asked");
  const { inspection, failure, status } = await ask(false);
  assert.deepEqual([inspection, failure, status.cause], [null, null, "gone"]);
});

test("what cannot be inspected, or not in time, is told beside what could", async () => {
  const { ask, source, clock } = await prepared();
  source.inspect = async () => {
    throw new CoevalError("no-right", "closed to strangers");
  };
  assert.deepEqual((await ask()).failure?.code, "no-right");
  source.inspect = async (_scopes, cancel) => {
    await clock.sleep(60_000, cancel);
    return inspectionOf();
  };
  const { failure, status } = await ask();
  assert.deepEqual([failure?.code, status.reachable], ["stalled", true]);
  assert.match(failure?.message ?? "", /not inspected within 10000 ms/);
});
