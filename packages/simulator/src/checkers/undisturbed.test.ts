import assert from "node:assert/strict";
import { test } from "node:test";
import { drain } from "../drain.ts";
import { stuckService } from "../scenarios/stuck-service.ts";
import { complainersUnder } from "./tampered.ts";

test("an agent in which all services wait for one is found", async () => {
  let stuck: Promise<unknown> = Promise.resolve();
  const complainers = await complainersUnder(drain, stuckService, {
    west: {
      target: (target) => ({
        ...target,
        async open(...given) {
          const before = stuck;
          const opened = before.then(() => target.open(...given));
          stuck = opened.catch(() => undefined);
          return opened;
        },
      }),
    },
    east: {
      source: (source) => ({
        ...source,
        async prepare(...given) {
          const before = stuck;
          const prepared = before.then(() => source.prepare(...given));
          stuck = prepared.catch(() => undefined);
          return prepared;
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["undisturbed"]);
});
