// Which exports of a source have no docstring. The comment that opens a file speaks for its main export, which is
// the first one; an inferred type beside its documented schema needs none.
import ts from "typescript";
import { parse } from "./sources.ts";

/** core holds the ports as well. */
export const documentedPackages = ["core", "contract", "hadoop"] as const;

/** "file:line: name" of each export that says nothing of itself. */
export function undocumentedExports(file: string, text: string): string[] {
  const source = parse(file, text);
  const seen = new Set<string>();
  return source.statements.filter(isExported).flatMap((statement, index) => {
    const names = namesOf(statement).filter((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    if (hasDocstring(statement) || isInferred(statement, text)) return [];
    if (index === 0 && /^\/[/*]/.test(text)) return [];
    const line = source.getLineAndCharacterOfPosition(statement.getStart()).line + 1;
    return names.map((name) => `${file}:${line}: ${name} has no docstring`);
  });
}

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) && hasExportKeyword(ts.getModifiers(statement) ?? []);
}

function hasExportKeyword(modifiers: readonly ts.Modifier[]): boolean {
  return modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((declaration) => declaration.name.getText());
  }
  const declared = statement as ts.Statement & { name?: ts.Identifier };
  return [declared.name?.text ?? "default"];
}

function hasDocstring(statement: ts.Statement): boolean {
  return ts
    .getJSDocCommentsAndTags(statement)
    .some((block) => ts.isJSDoc(block) && block.comment !== undefined);
}

function isInferred(statement: ts.Statement, text: string): boolean {
  if (!ts.isTypeAliasDeclaration(statement)) return false;
  return /=\s*(z\.(infer|output|input)<|\(typeof |keyof typeof |typeof )/.test(
    text.slice(statement.pos, statement.end),
  );
}
