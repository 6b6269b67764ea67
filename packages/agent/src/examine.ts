/** examine: what accepting data sets, or a holding directory, would mean on this cluster. Changes nothing. */
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { DataSet } from "@coeval/core/model/data-set";
import { compileFilters, EVERYTHING, type PathFilter } from "@coeval/core/model/path-filter";
import type { Filters } from "@coeval/core/model/policy";
import { fixedPrefix } from "@coeval/core/model/set-pattern";
import type { Finding, Measured } from "@coeval/core/ports/source";
import type { World } from "@coeval/core/ports/world";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import type { ClusterDrivers } from "./context.ts";
import { expandPatterns, summed } from "./examine-patterns.ts";
import { proveIdentity } from "./identity.ts";
import { type Limits, requirePrefix } from "./limits.ts";
import { withTimeLimit } from "./with-time-limit.ts";

/** A sum over very large trees is given up after this: the rest of the answer must not wait for it. */
const MEASURE_MS_MAX = 15_000;
/** Of it for listing what filters leave; the rest is for the sum without them. */
const LISTING_MS_MAX = 10_000;
const NO_FILTERS: Filters = { include: [], exclude: [] };

type Asked = Extract<FromControl, { say: "examine" }>;
type Answer = Extract<FromAgent, { say: "findings" }>;

export async function examine(
  world: World,
  drivers: ClusterDrivers,
  limits: Limits,
  cluster: string,
  asked: Asked,
  cancel: AbortSignal,
): Promise<Answer> {
  const { number } = asked;
  try {
    await proveIdentity(drivers.source, asked.identity, cluster, cancel);
    const primary = await examinePrimary(world, drivers, limits, asked, cancel);
    const secondary = await examineSecondary(drivers, limits, asked, cancel);
    const findings = [...primary.findings, ...secondary.findings];
    return {
      say: "findings",
      number,
      findings,
      sizes: [...primary.sizes],
      blockSizeBytes: primary.blockSizeBytes,
      room: secondary.room,
      failure: null,
    };
  } catch (thrown) {
    const nothing = { findings: [], sizes: [], blockSizeBytes: null, room: null };
    return { say: "findings", number, ...nothing, failure: toFailure(thrown) };
  }
}

const NOTHING: Measured = { sizes: [], findings: [], blockSizeBytes: null };

async function examinePrimary(
  world: World,
  { source }: ClusterDrivers,
  { readPrefixes }: Limits,
  { sets, measure, filters }: Asked,
  cancel: AbortSignal,
): Promise<Measured> {
  const beyond = sets.flatMap(({ name, path, onUncovered }) => {
    const directory = onUncovered === undefined ? path : fixedPrefix(path);
    return within(name, () => requirePrefix(readPrefixes, directory, "read", "snapshot and read"));
  });
  if (beyond.length > 0 || sets.length === 0) return { ...NOTHING, findings: beyond };
  const meant = await expandPatterns(source, sets, cancel);
  const findings = [...meant.findings, ...(await source.examine(meant.sets, cancel))];
  const blocked = new Set(findings.filter(({ level }) => level === "blocks").map(({ set }) => set));
  const whole = measure ? meant.sets.filter(({ name }) => !blocked.has(name)) : [];
  const measured =
    whole.length === 0
      ? NOTHING
      : await sizesOf(world, source, whole, compileFilters(filters ?? NO_FILTERS), cancel);
  return { ...measured, sizes: summed(measured.sizes), findings: [...findings, ...measured.findings] };
}

async function examineSecondary(
  { target }: ClusterDrivers,
  { writePrefixes }: Limits,
  { service, directory, measure }: Asked,
  cancel: AbortSignal,
): Promise<{ findings: readonly Finding[]; room: Answer["room"] }> {
  if (directory === null) return { findings: [], room: null };
  const beyond = within(null, () => requirePrefix(writePrefixes, directory, "write", "write"));
  if (beyond.length > 0) return { findings: beyond, room: null };
  const findings = await target.examine(service, directory, cancel);
  return { findings, room: measure ? await roomOf(target, cancel) : null };
}

async function roomOf(target: ClusterDrivers["target"], cancel: AbortSignal): Promise<Answer["room"]> {
  const { capacityBytes, remainingBytes } = await target.probe(cancel);
  const { dataNodes } = await target.inspect([], cancel);
  return { capacityBytes, remainingBytes, dataNodes };
}

/** The sizes, or the finding that they cannot be had in time. With filters a part of it is for listing, which takes longer than a sum. */
async function sizesOf(
  world: World,
  source: ClusterDrivers["source"],
  sets: readonly DataSet[],
  filter: PathFilter,
  cancel: AbortSignal,
): Promise<Measured> {
  const late = new CoevalError("stalled", "the sizes were not to be had in time");
  const measure = (ms: number, by: PathFilter) =>
    withTimeLimit(world.clock, ms, late, cancel, (limit) => source.measure(sets, limit, by));
  try {
    if (filter === EVERYTHING) return await measure(MEASURE_MS_MAX, filter);
    return await measure(LISTING_MS_MAX, filter).catch(async (thrown: unknown) => {
      if (!(thrown instanceof CoevalError) || thrown.code !== "stalled") throw thrown;
      const whole = await measure(MEASURE_MS_MAX - LISTING_MS_MAX, EVERYTHING);
      return { ...whole, findings: [...whole.findings, unfiltered(thrown)] };
    });
  } catch (thrown) {
    if (thrown !== late) throw thrown;
    const seconds = MEASURE_MS_MAX / 1000;
    const text = `the cluster did not sum up the data sets within ${seconds} s: their sizes are not known`;
    return { ...NOTHING, findings: [{ set: null, level: "warns", code: "sizes-unknown", text }] };
  }
}

function unfiltered({ message }: CoevalError): Finding {
  const text = `sizes and estimate are those without the filters, which leave less: ${message}`;
  return { set: null, level: "warns", code: "sizes-unfiltered", text };
}

function within(set: string | null, check: () => void): Finding[] {
  try {
    check();
    return [];
  } catch (thrown) {
    const { code, message } = toFailure(thrown);
    return [{ set, level: "blocks", code, text: message }];
  }
}
