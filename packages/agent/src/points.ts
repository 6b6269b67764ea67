/** Questions about a sealed point: what it holds, by its manifest, and whether the cluster still shows the same. Changes nothing. */
import { type Failure, toFailure } from "@coeval/core/errors";
import { canonical, type Json } from "@coeval/core/model/canonical";
import type { CertificateBody } from "@coeval/core/model/certificate";
import type { Entry } from "@coeval/core/model/entry";
import { readLines, tallyManifest } from "@coeval/core/model/manifest";
import { isWithin, relativeTo } from "@coeval/core/model/path";
import { compileFilters } from "@coeval/core/model/path-filter";
import { policyDefaults } from "@coeval/core/model/policy";
import type { Holding } from "@coeval/core/ports/target";
import type { World } from "@coeval/core/ports/world";
import { compare } from "@coeval/core/protect/verify";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import type { ClusterDrivers } from "./context.ts";
import { pointFile } from "./folders.ts";
import { proveIdentity } from "./identity.ts";
import { plain } from "./switch.ts";
import { readValues } from "./transfer/files.ts";

/** Bytes of entries in one page, well below the frame's bound. */
const PAGE_BYTES_MAX = 512 * 1024;

/** Entries told that should not be there. */
const LEFT_OUT_TOLD_MAX = 10;

type Asked<S extends FromControl["say"]> = Extract<FromControl, { say: S }>;
type Answer<S extends FromAgent["say"]> = Extract<FromAgent, { say: S }>;

/** A page of a point's manifest from a byte of it on. */
export async function listPoint(world: World, asked: Asked<"list-point">): Promise<Answer<"entries">> {
  const { number, service, run, offset, limit } = asked;
  const path = pointFile(service, run, "manifest");
  const entries: Entry[] = [];
  let bytes = 0;
  try {
    for await (const entry of readLines<Entry>(world.files.read(path, offset), path)) {
      if (entries.length >= limit || bytes >= PAGE_BYTES_MAX)
        return page(number, entries, offset + bytes, null);
      entries.push(entry);
      bytes += new TextEncoder().encode(canonical(entry as unknown as Json)).length + 1;
    }
    return page(number, entries, null, null);
  } catch (thrown) {
    return page(number, [], null, toFailure(thrown));
  }
}

/** Compares the sealed snapshot with the manifest, and the manifest with its certificate. */
export async function checkPoint(
  world: World,
  drivers: ClusterDrivers,
  asked: Asked<"check-point">,
  cancel: AbortSignal,
): Promise<Answer<"point-checked">> {
  const { number, body } = asked;
  try {
    await proveIdentity(drivers.target, asked.identity, body.secondary.cluster, cancel);
    const path = pointFile(body.service, body.run, "manifest");
    const tally = tallyManifest(world.hash);
    const filter = compileFilters(body.filters ?? policyDefaults.filters);
    const wrong: string[] = [];
    for await (const entry of readValues<Entry>(world, path)) {
      tally.line(entry);
      if (filter.leavesOut(entry.path, entry.type) && wrong.length < LEFT_OUT_TOLD_MAX)
        wrong.push(
          `${entry.set}/${entry.path}: in the manifest, though the certificate's filters leave it out`,
        );
    }
    const found = tally.summary();
    if (found.sha256 !== body.manifest.sha256)
      wrong.push(`the manifest's hash is ${found.sha256}, the certificate says ${body.manifest.sha256}`);
    const sealed = await drivers.target.sealed(holdingOfPoint(body), body.point, cancel);
    const mismatches = await compare(plain(readValues<Entry>(world, path)), plain(sealed.list(cancel)));
    wrong.push(...mismatches.map(({ set, path: place, what }) => `${set}/${place}: ${what}`));
    const counted = found.files + found.directories;
    const checked = [
      "the manifest's hash",
      `names, lengths, times, owners and modes of ${counted} entries in the sealed snapshot`,
    ];
    return { say: "point-checked", number, checked, wrong, failure: null };
  } catch (thrown) {
    return { say: "point-checked", number, checked: [], wrong: [], failure: toFailure(thrown) };
  }
}

/** The holding directory as a point's certificate names it. */
export function holdingOfPoint(
  body: Pick<CertificateBody, "service" | "run" | "secondary" | "dataSets">,
): Holding {
  const { directory } = body.secondary;
  return {
    service: body.service,
    directory,
    run: body.run,
    sets: body.dataSets
      .filter(({ target }) => isWithin(target, directory))
      .map(({ name, target }) => ({ name, relative: relativeTo(target, directory) })),
    basePoint: null,
  };
}

function page(
  number: number,
  entries: Entry[],
  next: number | null,
  failure: Failure | null,
): Answer<"entries"> {
  return { say: "entries", number, entries, next, failure } as Answer<"entries">;
}
