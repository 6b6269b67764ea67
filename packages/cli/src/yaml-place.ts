/** Where in a YAML text the value of a path stands. */
import { type Document, isMap, isNode, isScalar, type Pair } from "yaml";

type Path = readonly (string | number)[];

/** The offset of a scalar's value, of a mapping's or list's key, and of what is missing that of the nearest thing above it. */
export function offsetOf(document: Document, path: Path, wanted: "value" | "key" = "value"): number {
  for (let length = path.length; length > 0; length--) {
    const pair = pairAt(document, path.slice(0, length));
    if (pair !== null) {
      const whole = length === path.length && wanted === "value";
      return startOf(whole && isScalar(pair.value) && pair.value.value !== null ? pair.value : pair.key);
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return startOf(node);
  }
  return startOf(document.contents);
}

/** The key and value that a path ends with, when it ends in a mapping. */
function pairAt(document: Document, path: Path): Pair | null {
  const above = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(above)) return null;
  return above.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) ?? null;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
