/** What a source's agent keeps of points: the newest one's manifest, which the next run goes on from. */
import type { World } from "@coeval/core/ports/world";
import { pointFile, servicePointsFolder } from "./folders.ts";

/** Removes every other manifest of the service; certificates stay. */
export async function forgetOlder(world: World, service: string, newestRun: string): Promise<void> {
  for (const run of await world.files.list(servicePointsFolder(service)))
    if (run !== newestRun) await world.files.remove(pointFile(service, run, "manifest"));
}
