// A directory that is removed between arming and the moment.
import { test } from "node:test";
import { startWorld } from "./harness/world.ts";
import { removedBeforeTheMoment } from "./stories/removed.ts";

test("a directory removed between arming and the moment: no point, the previous one stays, the reason is named", async (t) => {
  const world = await startWorld();
  t.after(() => world.stop());
  await removedBeforeTheMoment(world, "removed");
});
