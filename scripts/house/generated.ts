// The files rendered from a table, with their text, so that one command writes them and one test compares them:
// `node scripts/house/write.ts`.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describeApi } from "@coeval/control/routes/describe-api";
import { errorsDocument } from "./errors-doc.ts";
import { lintConfig } from "./lint-config.ts";
import { protoFiles } from "./proto.ts";
import { root } from "./sources.ts";
import { typeProjects } from "./type-projects.ts";

/** Path in the repository → text, before the formatter. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const json = { ...typeProjects(packagesThatExist()), ".oxlintrc.json": lintConfig() };
  const files = new Map(
    Object.entries(json).map(([file, value]) => [file, `${JSON.stringify(value, null, 2)}\n`]),
  );
  files.set("docs/ERRORS.md", errorsDocument());
  files.set("packages/contract/openapi.json", await describeApi());
  for (const [file, text] of protoFiles()) files.set(file, text);
  return files;
}

export function packagesThatExist(): Set<string> {
  const folders = readdirSync(join(root, "packages"));
  return new Set(folders.filter((name) => existsSync(join(root, "packages", name, "package.json"))));
}
