// Reads docs/CLAIMS.md: a table of promise | file | test, each promise backed by files that exist. Files stand in
// backticks; in the third column a test's name may follow its file in quotes.

export interface Claim {
  readonly promise: string;
  readonly files: readonly string[];
  readonly tests: readonly { readonly file: string; readonly name: string | null }[];
}

export function claimsIn(document: string): Claim[] {
  const rows = document.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((line) => {
    const [promise = "", files = "", tests = ""] = cells(line).slice(-3);
    return {
      promise,
      files: [...files.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""),
      tests: [...tests.matchAll(/`([^`]+)`(?:\s*"([^"]+)")?/g)].map((match) => ({
        file: match[1] ?? "",
        name: match[2] ?? null,
      })),
    };
  });
}

/** What is wrong with the claims, given the repository's files and a way to read one. */
export function claimProblems(
  claims: readonly Claim[],
  files: ReadonlySet<string>,
  read: (file: string) => string,
): string[] {
  return claims.flatMap((claim) => {
    const missing = [...claim.files, ...claim.tests.map((each) => each.file)].filter(
      (file) => !files.has(file),
    );
    const present = claim.tests.filter(({ file }) => files.has(file));
    return [
      ...(claim.files.length === 0 ? ["names no file"] : []),
      ...(claim.tests.length === 0 ? ["names no test"] : []),
      ...missing.map((file) => `names ${file}, which does not exist`),
      ...present
        .filter(({ file }) => !/\.(test|e2e)\.ts$/.test(file))
        .map(({ file }) => `names ${file} as a test`),
      ...present
        .filter(({ file, name }) => name !== null && !read(file).includes(name))
        .map(({ file, name }) => `names a test "${name}" that is not in ${file}`),
    ].map((problem) => `"${claim.promise}" ${problem}`);
  });
}

function cells(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
