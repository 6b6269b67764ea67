// Pauses: asked for with a reason, and told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pauseRequest, pauseResource, pauseResourceOf } from "./pause.ts";

test("a pause needs a reason; its end may be an instant, a time from now, or open", () => {
  for (const until of ["2026-11-21T10:00:00Z", "+2h", undefined])
    assert.ok(pauseRequest.safeParse({ until, why: "upgrade of the switch" }).success, String(until));
  for (const wrong of [
    {},
    { why: "" },
    { why: "a\nb" },
    { why: "x".repeat(201) },
    { why: "x", until: "tomorrow" },
  ])
    assert.ok(!pauseRequest.safeParse(wrong).success, JSON.stringify(wrong).slice(0, 60));
});

test("a pause is told with its bounds", () => {
  const open = {
    what: "cluster",
    name: "west",
    since: 1_795_257_101_007,
    until: null,
    why: "upgrade",
    by: "token:ada",
  } as const;
  assert.deepEqual(pauseResource.parse(pauseResourceOf(open)), {
    ...open,
    since: "2026-11-21T10:31:41.007Z",
  });
  assert.equal(pauseResourceOf({ ...open, until: 1_795_257_101_008 }).until, "2026-11-21T10:31:41.008Z");
});
