/** A control device that goes by policy, with its agents' work imagined: what tests of the scheduler begin with. */
import type { MomentRule } from "@coeval/core/model/policy";
import { call, type FakeControl, furnish, serviceBetween, startFakeControl } from "./fake-control.ts";
import { createFakePair, type FakePair } from "./fake-work.ts";

/** Agents tell their status this often. */
const TELL_EVERY_MS = 2000;

/** A furnished control device whose service `orders` has these moments. */
export async function byPolicy(
  moments: readonly MomentRule[],
): Promise<{ fake: FakeControl; pair: FakePair }> {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  await edit(fake, moments);
  return { fake, pair };
}

/** Gives `orders` other moments. */
export async function edit(fake: FakeControl, moments: readonly MomentRule[]): Promise<void> {
  const service = serviceBetween("east", "west");
  const wanted = { ...service, policy: { ...service.policy, moments } };
  await fake.control.services.apply(call, [{ service: wanted, ifVersion: null }], { dryRun: false });
  await fake.time.settle();
}

/** Time passes, in which agents that are connected tell their status. */
export async function pass(fake: FakeControl, pair: FakePair, ms: number): Promise<void> {
  for (let passed = 0; passed < ms && !fake.dead; passed += TELL_EVERY_MS) {
    for (const agent of [pair.source, pair.target]) if (!agent.ended) await agent.tell();
    await fake.time.advance(Math.min(TELL_EVERY_MS, ms - passed));
  }
}
