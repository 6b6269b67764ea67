/** JSON pointers (RFC 6901) in their URI fragment form, as RFC 9457 shows them: `#/spec/dataSets/0/hdfs`. */

/** The pointer of a path. */
export function pointerOf(path: readonly (string | number)[]): string {
  return `#${path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")}`;
}

/** The path of a pointer; the leading `#` may be absent. List indexes come back as numbers. */
export function pathOf(pointer: string): (string | number)[] {
  return pointer
    .replace(/^#?\/?/, "")
    .split("/")
    .filter((part, _index, all) => part !== "" || all.length > 1)
    .map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : unescaped(part)));
}

/** The path as people read it: `spec.dataSets[0].hdfs`. */
export function readablePath(path: readonly (string | number)[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");
}

function unescaped(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
