/** The agent's local files of plans and manifests, as streams of core's values. */
import { CoevalError } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import type { ManifestSummary } from "@coeval/core/model/certificate";
import { inChunks, readLines, tallyManifest } from "@coeval/core/model/manifest";
import type { Hasher } from "@coeval/core/ports/hash";
import type { World } from "@coeval/core/ports/world";
import type { Base } from "@coeval/core/protect/instruction";
import { pointFile } from "../folders.ts";

/** Values of a file of JSON lines that this agent wrote. */
export function readValues<T>(world: World, path: string): AsyncGenerator<T> {
  return readLines<T>(world.files.read(path), path);
}

/** Writes values as JSON lines; the file appears whole or not at all. */
export async function writeValues<T>(world: World, path: string, values: AsyncIterable<T>): Promise<void> {
  await writeLines(world, path, lines(values));
}

/** Writes a manifest and returns its summary. */
export async function writeManifest(
  world: World,
  path: string,
  entries: AsyncIterable<Entry>,
): Promise<ManifestSummary> {
  const tally = tallyManifest(world.hash);
  await writeLines(
    world,
    path,
    (async function* () {
      for await (const entry of entries) yield tally.line(entry);
    })(),
  );
  return tally.summary();
}

/** What a manifest that lies here amounts to. @throws CoevalError `file-missing`. */
export async function summaryOf(world: World, path: string): Promise<ManifestSummary> {
  const tally = tallyManifest(world.hash);
  for await (const entry of readValues<Entry>(world, path)) tally.line(entry);
  return tally.summary();
}

/**
 * The base's manifest; nothing for the first point.
 * @throws CoevalError `base-mismatch` at its end when it is not the one that the point's certificate names.
 */
export async function* readBase(world: World, service: string, base: Base | null): AsyncGenerator<Entry> {
  if (!base) return;
  const path = pointFile(service, base.run, "manifest");
  const hasher = world.hash.sha256();
  yield* readLines<Entry>(hashed(world.files.read(path), hasher), path);
  const sha256 = hasher.hex();
  if (sha256 !== base.manifestSha256) {
    const message = `the manifest of ${base.point} that lies here is ${sha256}, not ${base.manifestSha256}`;
    throw new CoevalError("base-mismatch", message);
  }
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hasher: Hasher): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hasher.update(chunk);
    yield chunk;
  }
}

async function* lines<T>(values: AsyncIterable<T>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

async function writeLines(world: World, path: string, source: AsyncIterable<string>): Promise<void> {
  const file = await world.files.create(path);
  try {
    for await (const chunk of inChunks(source)) await file.write(chunk);
    await file.commit();
  } catch (thrown) {
    await file.abort();
    throw thrown;
  }
}
