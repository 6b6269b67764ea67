/** Which edits of a service its recovery points forbid: what decides where the points lie. Pure. */
import { CoevalError } from "@coeval/core/errors";
import type { DataSet } from "@coeval/core/model/data-set";
import { isWithin, relativeTo } from "@coeval/core/model/path";
import type { Service } from "@coeval/core/model/service";

/**
 * @param points how many the service has. @param active the run that goes on, which may be about to seal the first.
 * @throws CoevalError `point-exists` or `run-active`, naming the field.
 */
export function checkEdit(before: Service, after: Service, points: number, active: string | null): void {
  if (points === 0 && active === null) return;
  const moved = movedField(before, after);
  if (!moved) return;
  const { place, from, to } = moved;
  const what = `${place} cannot change from ${from} to ${to}`;
  const pointer = `/${place.replaceAll(".", "/")}`;
  if (points === 0)
    throw new CoevalError("run-active", `${what} while the run ${active} goes on`, { pointer });
  const why = `${points} recovery point(s) lie in ${before.mapping.target} on ${before.secondary}`;
  throw new CoevalError("point-exists", `${what}: ${why}; make another service for the other place`, {
    pointer,
  });
}

function movedField(before: Service, after: Service): { place: string; from: string; to: string } | null {
  if (before.primary !== after.primary)
    return { place: "spec.primary", from: before.primary, to: after.primary };
  if (before.secondary !== after.secondary)
    return { place: "spec.secondary", from: before.secondary, to: after.secondary };
  if (before.mapping.target !== after.mapping.target)
    return { place: "spec.mapping.target", from: before.mapping.target, to: after.mapping.target };
  for (const set of after.dataSets) {
    const around = before.dataSets.find((one) => liesAround(before, one, after, set));
    if (around) return { place: "spec.dataSets", from: around.path, to: set.path };
    const same = before.dataSets.find((one) => one.name === set.name);
    if (!same) continue;
    const from = relativeTo(same.path, before.mapping.source);
    const to = relativeTo(set.path, after.mapping.source);
    if (from !== to) return { place: "spec.mapping.source", from: `${set.name} at ${from}`, to };
  }
  return null;
}

/** One lies in the other where points are kept: a switch cannot make the one of the other in one go. */
function liesAround(before: Service, old: DataSet, after: Service, set: DataSet): boolean {
  const [a, b] = [relativeTo(old.path, before.mapping.source), relativeTo(set.path, after.mapping.source)];
  return a !== b && (isWithin(a, b) || isWithin(b, a));
}
