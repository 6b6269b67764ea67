/** What a service must be, given all others: pure, and told with the place in its document. */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import { type Cluster, NAME_PATTERN } from "@coeval/core/model/cluster";
import { checkSetPattern, mayNest } from "@coeval/core/model/set-pattern";
import { checkDataSets, type DataSet } from "@coeval/core/model/data-set";
import { checkPath, isWithin } from "@coeval/core/model/path";
import { MAX_TOLERANCE_MS } from "@coeval/core/model/policy";
import { MAX_DATA_SETS, type Service } from "@coeval/core/model/service";

/** JSON of a service at most: instructions and certificates repeat its paths and must fit a message. */
export const DEFINITION_BYTES_MAX = 256 * 1024;

/**
 * @param service with normal paths. @param others all other services as they will be.
 * @throws CoevalError with a pointer.
 */
export function checkService(
  service: Service,
  clusters: ReadonlyMap<string, Cluster>,
  others: readonly Service[],
): void {
  checkForm(service);
  const primary = clusterAt(service.primary, "primary", clusters);
  const secondary = clusterAt(service.secondary, "secondary", clusters);
  checkScopes(service, primary, secondary);
  for (const other of others) checkApart(service, other);
}

/** The service with its paths made normal. @throws CoevalError `bad-path`. */
export function normalService(given: Service): Service {
  const { source, target } = given.mapping;
  return {
    ...given,
    dataSets: given.dataSets.map((set, index) => ({ ...set, path: pathAt(set.path, setPlace(index)) })),
    mapping: {
      source: source === "/" ? source : pathAt(source, "spec.mapping.source"),
      target: pathAt(target, "spec.mapping.target"),
    },
  };
}

function pathAt(path: string, place: string): string {
  try {
    return checkPath(path, place);
  } catch (thrown) {
    if (!(thrown instanceof CoevalError)) throw thrown;
    throw new CoevalError(thrown.code, thrown.message, { pointer: pointerOf(place) });
  }
}

function checkForm(service: Service): void {
  const { name, dataSets, mapping, policy } = service;
  if (!NAME_PATTERN.test(name)) throw bad("metadata.name", `'${name.slice(0, 80)}' is no service's name`);
  if (service.primary === service.secondary)
    throw bad("spec.secondary", `primary and secondary are both ${service.primary}; name two clusters`);
  if (dataSets.length === 0 || dataSets.length > MAX_DATA_SETS)
    throw bad("spec.dataSets", `${dataSets.length} data sets; 1 to ${MAX_DATA_SETS} are needed`);
  for (const [index, set] of dataSets.entries()) {
    if (!NAME_PATTERN.test(set.name))
      throw bad(`spec.dataSets[${index}].name`, `'${set.name.slice(0, 80)}' is no data set's name`);
    at(setPlace(index), () => checkSetPattern(set));
    if (set.path === mapping.source || !isWithin(set.path, mapping.source))
      throw refused(
        "bad-path",
        setPlace(index),
        `${set.path} does not lie below mapping.source, ${mapping.source}`,
      );
  }
  checkDataSets(dataSets);
  checkPatternsApart(dataSets);
  const { windowMs } = policy.tolerance;
  if (!(windowMs >= 1 && windowMs <= MAX_TOLERANCE_MS))
    throw bad("spec.policy.tolerance.window", `${windowMs} ms; 1 to ${MAX_TOLERANCE_MS} ms are allowed`);
  checkSize(service);
}

/** @throws CoevalError `too-large`. */
export function checkSize(service: Service): void {
  const bytes = new TextEncoder().encode(JSON.stringify(service)).length;
  if (bytes > DEFINITION_BYTES_MAX)
    throw refused("too-large", "spec", `the service takes ${bytes} bytes; ${DEFINITION_BYTES_MAX} at most`);
}

/** What patterns mean must lie in no other data set, whatever comes. */
function checkPatternsApart(sets: readonly DataSet[]): void {
  for (const [index, set] of sets.entries()) {
    const first = sets.slice(0, index).findIndex((other) => isPattern(set, other) && mayNest(set, other));
    if (first < 0) continue;
    const why = `${set.path} could mean directories that lie in one another with those of ${sets[first]?.path}`;
    throw refused("data-sets-nested", setPlace(index), why);
  }
}

function isPattern(...sets: readonly DataSet[]): boolean {
  return sets.some(({ onUncovered }) => onUncovered !== undefined);
}

function checkScopes(service: Service, primary: Cluster, secondary: Cluster): void {
  for (const [index, set] of service.dataSets.entries()) granted(primary, set.path, setPlace(index));
  granted(secondary, service.mapping.target, "spec.mapping.target");
}

function granted({ name, scopes }: Cluster, path: string, place: string): void {
  if (scopes.some((scope) => isWithin(path, scope))) return;
  throw refused(
    "not-allowed",
    place,
    `${path} lies outside what the cluster ${name} grants: ${scopes.join(", ")}`,
  );
}

/** One directory belongs to one service, be it data or a holding directory. */
function checkApart(service: Service, other: Service): void {
  const { target } = service.mapping;
  const held = other.mapping.target;
  if (service.secondary === other.secondary && nested(target, held))
    throw taken(
      "spec.mapping.target",
      target,
      `the holding directory of the service '${other.name}', ${held}`,
    );
  for (const [index, set] of service.dataSets.entries()) {
    const theirs =
      service.primary === other.primary
        ? other.dataSets.find(
            (one) => nested(set.path, one.path) || (isPattern(set, one) && mayNest(set, one)),
          )
        : null;
    if (theirs) throw taken(setPlace(index), set.path, `the service '${other.name}', as ${theirs.path}`);
    if (service.primary === other.secondary && (nested(set.path, held) || mayNest(set, { path: held })))
      throw taken(setPlace(index), set.path, `the holding directory of the service '${other.name}', ${held}`);
  }
  if (service.secondary !== other.primary) return;
  const above = other.dataSets.find((one) => nested(target, one.path) || mayNest(one, { path: target }));
  if (above)
    throw taken("spec.mapping.target", target, `the data of the service '${other.name}', ${above.path}`);
}

function nested(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

function clusterAt(name: string, field: string, clusters: ReadonlyMap<string, Cluster>): Cluster {
  const cluster = clusters.get(name);
  if (!cluster) throw refused("not-found", `spec.${field}`, `there is no cluster '${name}'`);
  return cluster;
}

function at(place: string, check: () => void): void {
  try {
    check();
  } catch (thrown) {
    if (!(thrown instanceof CoevalError)) throw thrown;
    throw refused(thrown.code, place, thrown.message);
  }
}

function setPlace(index: number): string {
  return `spec.dataSets[${index}].hdfs`;
}

function bad(place: string, why: string): CoevalError {
  return refused("bad-input", place, why);
}

function taken(place: string, path: string, by: string): CoevalError {
  return refused("name-taken", place, `${path} is in use by ${by}`);
}

function refused(code: ErrorCode, place: string, why: string): CoevalError {
  return new CoevalError(code, `${place}: ${why}`, { pointer: pointerOf(place) });
}

/** `spec.dataSets[0].hdfs` as `/spec/dataSets/0/hdfs`. */
function pointerOf(place: string): string {
  return `/${place.replaceAll(/[.[]/g, "/").replaceAll("]", "")}`;
}
