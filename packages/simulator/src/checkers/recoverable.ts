/** Recoverable: at no instant is a sealed point out of reach, neither while the next one is made nor when that fails or is cut short. */
import type { Call } from "../cluster/served.ts";
import { sealedTree } from "../cluster/point-tree.ts";
import type { Checker, Facts } from "./checker.ts";

/** Calls after which a point could be gone. */
const TOUCHING: ReadonlySet<string> = new Set([
  "createSnapshot",
  "deleteSnapshot",
  "renameSnapshot",
  "remove",
]);

export const recoverable: Checker = {
  name: "recoverable",
  onCall(facts: Facts, { cluster, method, texts }: Call): string[] {
    if (cluster !== "west" || !TOUCHING.has(method)) return [];
    const lost = facts.points.filter(({ id }) => !sealedTree(facts, id));
    return lost.map(({ id }) => `${id} is nowhere to be found after ${method} ${texts.join(" ")}`);
  },
};
