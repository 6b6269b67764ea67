// A shop that is populated on the primary and protected as a service: where most stories begin.
import type { ServiceWords } from "../harness/documents.ts";
import type { World } from "../harness/world.ts";
import { type PopulationOptions, populate } from "../workload/population.ts";
import { type Shop, shop } from "../workload/shop.ts";

export interface Protected {
  readonly service: string;
  readonly shop: Shop;
  readonly dataSets: readonly string[];
  readonly source: string;
  readonly holding: string;
}

export interface ProtectOptions extends Partial<PopulationOptions> {
  /** Distinguishes stories that share clusters; also the service's name. */
  readonly name: string;
  readonly words?: Partial<ServiceWords>;
}

/** Writes the shop's files and applies the service; takes no point yet. */
export async function protectedShop(world: World, options: ProtectOptions): Promise<Protected> {
  const story = placeOf(options.name);
  const { east } = world.pair;
  await populate(east.as(east.superuser), east.as, story.shop, {
    files: options.files ?? 60,
    seed: options.seed ?? 1,
    snapshottable: options.snapshottable ?? "each",
    ...(options.bytesMax === undefined ? {} : { bytesMax: options.bytesMax }),
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  });
  await world.applyService({
    name: story.service,
    dataSets: story.dataSets,
    target: story.holding,
    ...options.words,
  });
  return story;
}

export function placeOf(name: string): Protected {
  const own = shop(`/shops/${name}`);
  return {
    service: name,
    shop: own,
    dataSets: own.directories.map(({ path }) => path),
    source: own.path,
    holding: `/backups/${name}`,
  };
}
