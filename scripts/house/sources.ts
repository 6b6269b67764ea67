// The repository as the guards see it: every file that git tracks or would track, and the parsed TypeScript ones.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export const root = join(import.meta.dirname, "../..");

const LISTING_BYTES_MAX = 64 * 1024 * 1024;

/** Paths from the root, with `/`; ignored files and files deleted but still in the index are left out. */
export function repositoryFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: LISTING_BYTES_MAX,
  });
  const files = new Set(listed.split("\0").filter((file) => file !== "" && existsSync(join(root, file))));
  return [...files].toSorted();
}

/** Our own TypeScript: no generated code, no fixtures. */
export function sourceFiles(): string[] {
  return repositoryFiles().filter(
    (file) => /\.m?tsx?$/.test(file) && !/(^|\/)(generated|fixtures)\//.test(file),
  );
}

export function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

export function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
}

/** Every module a source names: import, export from, import(), import("…").Type, require(). */
export function importsOf(source: ts.SourceFile): { specifier: string; line: number }[] {
  const found: { specifier: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    const named = moduleNamedBy(node);
    if (named !== undefined) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ specifier: ts.isStringLiteralLike(named) ? named.text : named.getText(), line });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A computed name in import() comes back as its expression, which no row allows: that is meant. */
function moduleNamedBy(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (!ts.isCallExpression(node)) return undefined;
  const called = node.expression;
  const isRequire = ts.isIdentifier(called) && called.text === "require";
  return called.kind === ts.SyntaxKind.ImportKeyword || isRequire ? node.arguments[0] : undefined;
}
