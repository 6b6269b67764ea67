import assert from "node:assert/strict";
import { test } from "node:test";
import { baseline } from "../scenarios/baseline.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

test("an age that is counted from the seal, not from the moment, is too good", async () => {
  const sealedAt = new Map<string, number>();
  const complainers = await complainersUnder(drain, baseline, {
    control: {
      control: (control) => ({
        ...control,
        async status() {
          const status = await control.status();
          const services = status.services.map((one) => {
            const point = one.lastPoint?.id;
            if (point === undefined) return one;
            if (!sealedAt.has(point)) sealedAt.set(point, status.now);
            return { ...one, rpoMs: status.now - (sealedAt.get(point) ?? 0) };
          });
          return { ...status, services };
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["rpo-honest"]);
});
