/** Beyond agent limits: whoever instructs it, an agent snapshots, reads and writes only what its administrator allows. */
import { isWithin } from "@coeval/core/model/path";
import { MUTATING, type Call } from "../cluster/served.ts";
import type { Checker, Facts } from "./checker.ts";

const TOLD_MAX = 3;

export const beyondAgentLimits: Checker = {
  name: "beyond-agent-limits",
  afterAll: (facts) =>
    facts.calls
      .filter((call) => isBeyond(facts, call))
      .slice(0, TOLD_MAX)
      .map(({ cluster, method, texts }) => `the agent of ${cluster} did ${method} ${texts.join(" ")}`),
};

function isBeyond(facts: Facts, { cluster, method, texts }: Call): boolean {
  const path = livePath(texts[0] ?? "/");
  if (cluster === "west") {
    const { writePrefixes } = facts.limits.west;
    return (
      (MUTATING.has(method) || method === "open") && !writePrefixes.some((prefix) => isWithin(path, prefix))
    );
  }
  const { readPrefixes } = facts.limits.east;
  const mayRead = (one: string) => readPrefixes.some((prefix) => isWithin(one, prefix));
  if (method === "open") return !mayRead(path);
  if (method !== "createSnapshot") return false;
  // A covering root may lie above what is allowed; the data sets it is for may not.
  return facts.service.dataSets.some((set) => isWithin(set.path, path) && !mayRead(set.path));
}

/** `/a/.snapshot/NAME/b` is about `/a/b`. */
function livePath(path: string): string {
  return path.replace(/\/\.snapshot\/[^/]+/, "");
}
