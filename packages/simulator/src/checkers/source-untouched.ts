/** Source untouched: the primary's live tree is changed by its own writer and by nobody else, whichever way it was reached. */
import type { Checker } from "./checker.ts";

export const sourceUntouched: Checker = {
  name: "source-untouched",
  afterRun: ({ writer, history }) => told([...writer.foreign, ...history.foreignChanges()]),
  afterAll: ({ writer, history }) => told([...writer.foreign, ...history.foreignChanges()]),
};

function told(changes: readonly string[]): string[] {
  const [first] = changes;
  return first === undefined
    ? []
    : [`somebody changed the primary's live tree: ${first} (${changes.length} changes)`];
}
