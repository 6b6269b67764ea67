// A little repository in a temporary folder, under the real repository's configuration: what the guards say of it
// shows whether they bite.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { law } from "./law.ts";
import { lintConfig } from "./lint-config.ts";
import { read, root } from "./sources.ts";
import { typeProjects } from "./type-projects.ts";

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const GUARD_MS_MAX = 120_000;

export interface Samples {
  /** file → the lint rules it breaks, with their messages. */
  lint(): Map<string, string[]>;
  /** file → the compiler's error codes. */
  compile(): Map<string, string[]>;
  [Symbol.dispose](): void;
}

/** Writes `files` (path → text) with a project for every row of the law. */
export function samples(files: ReadonlyMap<string, string>): Samples {
  const folder = mkdtempSync(join(tmpdir(), "coeval-samples-"));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const projects = typeProjects(new Set(law.map((row) => row.name)));
  for (const [file, project] of Object.entries(projects)) write(file, JSON.stringify(project));
  write(".oxlintrc.json", JSON.stringify(lintConfig()));
  write("package.json", '{ "type": "module" }');
  write("packages/core/globals.d.ts", read("packages/core/globals.d.ts"));
  for (const row of law) write(`packages/${row.name}/package.json`, '{ "type": "module" }');
  for (const [file, text] of files) write(file, text);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return {
    lint: () => lint(folder),
    compile: () => compile(folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function lint(folder: string): Map<string, string[]> {
  const out = run(folder, join(root, "node_modules/.bin/oxlint"), ["--type-aware", "-f", "json", "packages"]);
  const report: { diagnostics: { filename: string; code: string; help?: string }[] } = JSON.parse(out);
  const told = report.diagnostics.map(
    (found) =>
      [found.filename.replace(/^.*?(?=packages\/)/, ""), `${found.code} ${found.help ?? ""}`] as const,
  );
  return grouped(told);
}

function compile(folder: string): Map<string, string[]> {
  const out = run(folder, process.execPath, [
    join(root, "node_modules/ts7/bin/tsc"),
    "-b",
    "--pretty",
    "false",
  ]);
  const told = [...out.matchAll(/^(\S+?)\(\d+,\d+\): error (TS\d+)/gm)];
  return grouped(told.map((match) => [match[1] ?? "", match[2] ?? ""] as const));
}

/** Both guards answer non-zero when they bite; only one that did not run at all is an error here. */
function run(folder: string, command: string, words: string[]): string {
  const options = {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: GUARD_MS_MAX,
  } as const;
  const done = spawnSync(command, words, options);
  if (done.error !== undefined) throw done.error;
  if (done.stdout === "" && done.status !== 0) throw new Error(`${command} failed: ${done.stderr}`);
  return done.stdout;
}

function grouped(told: readonly (readonly [string, string])[]): Map<string, string[]> {
  const byFile = new Map<string, string[]>();
  for (const [file, word] of told) byFile.set(file, [...(byFile.get(file) ?? []), word]);
  return byFile;
}
