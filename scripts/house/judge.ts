// Judges one import by the law: the third guard, which sees every file that lint's globs might miss and
// resolves relative paths that climb out of a package.
import { dirname, join } from "node:path/posix";
import { explain, freeFolders, law, realTestsMayAdd, testsMayAdd, type Row } from "./law.ts";

/** Null when `file` (its path in the repository) may import `specifier`, else why not. */
export function judge(file: string, specifier: string): string | null {
  const [top = "", name = ""] = file.split("/");
  if (isOneOf(freeFolders, top)) return null;
  if (top !== "packages") return `${file}: source lies in packages/, ${freeFolders.join("/, ")}/ only`;
  const row = law.find((candidate) => candidate.name === name);
  if (row === undefined) return `packages/${name} has no row in scripts/house/law.ts`;
  return mayImport(row, file, specifier) ? null : `"${specifier}" is not in the row: ${explain(row)}`;
}

/** Null when packages/`name` may depend on a module, at run time or for its tests, else why not. */
export function judgeDependency(
  name: string,
  on: string,
  version: string,
  use: "run" | "test",
): string | null {
  const place = `packages/${name}/package.json`;
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    return `${place}: ${on} "${version}" is not an exact version`;
  const row = law.find((candidate) => candidate.name === name);
  if (row === undefined) return `packages/${name} has no row in scripts/house/law.ts`;
  const more = use === "test" ? realTestsMayAdd : { ours: [], besides: [] };
  const besides = [...row.besides, ...Object.values(row.onlyIn ?? {}).flat(), ...more.besides];
  const ours = [...row.ours, ...more.ours].map((allowed) => `@coeval/${allowed.split("/")[0]}`);
  const allowed = ours.includes(on) || besides.some((module) => covers(module, on));
  return allowed ? null : `${place} depends on ${on}, but ${explain(row)}`;
}

function mayImport(row: Row, file: string, specifier: string): boolean {
  if (specifier.startsWith(".")) return join(dirname(file), specifier).startsWith(`packages/${row.name}/`);
  const more = whatTestsAdd(file);
  if (specifier.startsWith("@coeval/")) {
    const target = `${specifier.slice("@coeval/".length)}/`;
    return [...row.ours, ...more.ours].some((allowed) => target.startsWith(`${allowed}/`));
  }
  const besides = [...row.besides, ...more.besides, ...(row.onlyIn?.[file] ?? [])];
  return besides.some((allowed) => covers(allowed, specifier));
}

/** What a file's name adds to its row. */
export function whatTestsAdd(file: string): { ours: readonly string[]; besides: readonly string[] } {
  if (/\.real(\.test)?\.ts$/.test(file)) return realTestsMayAdd;
  if (file.endsWith(".test.ts")) return testsMayAdd;
  return { ours: [], besides: [] };
}

function covers(allowed: string, specifier: string): boolean {
  return allowed.endsWith("*") ? specifier.startsWith(allowed.slice(0, -1)) : specifier === allowed;
}

function isOneOf(list: readonly string[], word: string): boolean {
  return list.includes(word);
}
