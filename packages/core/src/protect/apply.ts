/**
 * Apply: what a plan makes of the base. The new manifest is the base with the changes in it, computed alike by source and target;
 * the switch is the changes' renames and attributes, each with its inverse.
 */
import { compareEntries, type Entry } from "../model/entry.ts";
import type { SwitchStep } from "../ports/target.ts";
import type { Change } from "./transfer.ts";

/**
 * The new manifest. Both streams in manifest order; `times` are passed over, since their entries stand for themselves.
 * @throws RangeError for a change that does not fit the base: an `attributes` or `delete` of what is not there.
 */
export async function* applyChanges(
  base: AsyncIterable<Entry>,
  changes: AsyncIterable<Change>,
): AsyncGenerator<Entry> {
  const old = base[Symbol.asyncIterator]();
  try {
    let kept = await old.next();
    let hidden: Entry | null = null;
    for await (const change of changes) {
      if (change.kind === "times") continue;
      const place = change.kind === "delete" ? change.before : change.entry;
      while (!kept.done && compareEntries(kept.value, place) < 0) {
        if (!hidden || !isWithinEntry(kept.value, hidden)) yield kept.value;
        kept = await old.next();
      }
      const there = !kept.done && compareEntries(kept.value, place) === 0;
      if (!there && change.kind !== "put")
        throw new RangeError(`${change.kind} of what is not there: ${place.path}`);
      if (there) {
        const replaced = kept.value as Entry;
        if (change.kind === "delete" || replaced.type !== place.type) hidden = replaced;
        kept = await old.next();
      }
      if (change.kind !== "delete") yield change.entry;
    }
    while (!kept.done) {
      if (!hidden || !isWithinEntry(kept.value, hidden)) yield kept.value;
      kept = await old.next();
    }
  } finally {
    await old.return?.(undefined);
  }
}

/** The switch's steps of one change, in order. Content, and attributes in staging, are done before. */
export function switchSteps(change: Change): SwitchStep[] {
  switch (change.kind) {
    case "put": {
      if (change.at.relative !== "" || change.at.top !== change.number) return [];
      const { set, path } = change.entry;
      const place: SwitchStep = { kind: "place", number: change.number, set, path, top: change.number };
      return change.replaces ? [{ kind: "remove", number: change.number, set, path }, place] : [place];
    }
    case "delete":
      return [{ kind: "remove", number: change.number, set: change.before.set, path: change.before.path }];
    case "attributes":
      return [{ kind: "attributes", number: change.number, entry: change.entry, before: change.before }];
    case "times":
      return change.at
        ? []
        : [{ kind: "times", number: change.number, entry: change.entry, before: change.before }];
  }
}

function isWithinEntry(entry: Entry, directory: Entry): boolean {
  if (entry.set !== directory.set) return false;
  return (
    directory.path === "" || entry.path === directory.path || entry.path.startsWith(`${directory.path}/`)
  );
}
