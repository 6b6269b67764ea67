/** The data sets of a definition as they are now: each directory of a pattern is looked at like a data set, under the pattern's name. */
import type { DataSet } from "@coeval/core/model/data-set";
import type { Finding, SetSize, Source } from "@coeval/core/ports/source";
import type { FromControl } from "@coeval/contract/wire/link";

type Asked = Extract<FromControl, { say: "examine" }>["sets"];

export async function expandPatterns(
  source: Source,
  asked: Asked,
  cancel: AbortSignal,
): Promise<{ readonly sets: readonly DataSet[]; readonly findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  const sets: DataSet[] = [];
  for (const { name, component, path, onUncovered } of asked) {
    if (onUncovered === undefined) {
      sets.push({ name, component, path });
      continue;
    }
    const matched = await source.matching(path, "live", cancel);
    for (const one of matched) {
      if (!one.problem) sets.push({ name, component, path: one.path });
      else findings.push({ set: name, level: onUncovered === "refuse" ? "blocks" : "warns", ...one.problem });
    }
    const taken = matched.filter(({ problem }) => problem === null).length;
    const text = `${path} means ${matched.length} directories now, ${taken} of which can be taken`;
    findings.push(
      matched.length === 0
        ? { set: name, level: "blocks", code: "set-missing", text }
        : { set: name, level: "tells", code: "pattern", text },
    );
  }
  return { sets, findings };
}

/** One size a name: those of a pattern's directories are told together. */
export function summed(sizes: readonly SetSize[]): SetSize[] {
  const byName = new Map<string, SetSize>();
  for (const size of sizes) {
    const before = byName.get(size.set) ?? { files: 0, directories: 0, bytes: 0, spaceBytes: 0 };
    byName.set(size.set, {
      set: size.set,
      files: before.files + size.files,
      directories: before.directories + size.directories,
      bytes: before.bytes + size.bytes,
      spaceBytes: before.spaceBytes + size.spaceBytes,
    });
  }
  return [...byName.values()];
}
