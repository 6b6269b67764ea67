// One agent under a further line of its own limits, as its administrator would write it; then without.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "./world.ts";

export async function withLimit(
  world: World,
  side: "east" | "west",
  line: string,
  work: () => Promise<void>,
): Promise<void> {
  const { process, dataFolder } = world[side];
  const file = join(dataFolder, "limits.yaml");
  const text = readFileSync(file, "utf8");
  const restart = async (limits: string): Promise<void> => {
    await process.stop();
    writeFileSync(file, limits);
    await process.start();
    await world.settled();
  };
  await restart(text + line);
  try {
    await work();
  } finally {
    await restart(text);
  }
}
