// Renders .oxlintrc.json from the law: the second guard. What holds everywhere comes first, then one override a
// row, then what its tests may add.
import {
  explain,
  law,
  noClock,
  noDefaultZone,
  noHiddenClock,
  noOutside,
  realTestsMayAdd,
  testsMayAdd,
  type Row,
} from "./law.ts";

type Override = { files: string[]; excludeFiles?: string[]; rules: Record<string, unknown> };

const FUNCTION_LINES_MAX = 70;

/** The whole configuration, ready to be written as JSON. */
export function lintConfig(): Record<string, unknown> {
  return {
    plugins: ["typescript", "unicorn", "oxc", "import"],
    categories: { correctness: "error" },
    options: { reportUnusedDisableDirectives: "error" },
    ignorePatterns: ["node_modules", ".build", ".cache", ".testbed", "**/generated/**", "**/fixtures/**"],
    rules: everywhere,
    overrides: [...law.flatMap(ofRow), inTests],
  };
}

const everywhere: Record<string, unknown> = {
  "typescript/no-floating-promises": ["error", { allowForKnownSafeCalls: knownSafeCalls() }],
  "typescript/no-misused-promises": "error",
  "typescript/await-thenable": "error",
  "typescript/no-explicit-any": "error",
  "typescript/ban-ts-comment": "error",
  "typescript/only-throw-error": "error",
  "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
  "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "all" }],
  eqeqeq: "error",
  "no-empty": ["error", { allowEmptyCatch: false }],
  "no-eval": "error",
  "no-new-func": "error",
  "no-var": "error",
  "prefer-const": "error",
  "import/no-cycle": ["error", { ignoreTypes: true }],
  "import/no-self-import": "error",
  // Our objects are closures; none of their methods reads `this`.
  "typescript/unbound-method": "off",
};

const inTests: Override = {
  files: ["**/*.test.ts", "**/testing/**", "e2e/**", "bench/**"],
  rules: { "max-lines-per-function": "off" },
};

function ofRow(row: Row): Override[] {
  const src = `packages/${row.name}/src/**/*.ts`;
  const shared = { ...banned(row), "max-lines-per-function": longFunctions() };
  const overrides: Override[] = [
    { files: [src], rules: { ...shared, ...imports(row, [], []) } },
    { files: [src.replace("*.ts", "*.test.ts")], rules: imports(row, testsMayAdd.ours, testsMayAdd.besides) },
    {
      files: [src.replace("*.ts", "*.real.test.ts"), src.replace("*.ts", "*.real.ts")],
      rules: imports(row, realTestsMayAdd.ours, realTestsMayAdd.besides),
    },
  ];
  for (const [file, modules] of Object.entries(row.onlyIn ?? {})) {
    overrides.push({ files: [file], rules: imports(row, [], modules) });
  }
  for (const program of row.programs ?? []) {
    overrides.push({
      files: [program],
      rules: { "no-restricted-globals": "off", "no-restricted-properties": "off" },
    });
  }
  return overrides;
}

/** Everything is forbidden, then what the row names is let in again: globs in the order .gitignore reads them. */
function imports(
  row: Row,
  moreOurs: readonly string[],
  moreBesides: readonly string[],
): Record<string, unknown> {
  const ours = [...row.ours, ...moreOurs].flatMap((name) => parents(`@coeval/${name}`));
  const besides = [...row.besides, ...moreBesides].flatMap(letIn);
  const group = [
    "*",
    "**",
    "!./**",
    "!../**",
    "../**/src/**",
    "../**/packages/**",
    ...new Set([...ours, ...besides]),
  ];
  return { "no-restricted-imports": ["error", { patterns: [{ group, message: explain(row) }] }] };
}

function letIn(module: string): string[] {
  if (module === "node:*") return ["!node:*", "!node:*/**"];
  if (module.endsWith("/*")) return parents(module.slice(0, -"/*".length));
  const slash = module.lastIndexOf("/");
  return slash < 0 ? [`!${module}`] : [...parents(module.slice(0, slash)).slice(0, -1), `!${module}`];
}

/** A glob lets nothing below a forbidden folder in again, so each folder on the way has to be opened. */
function parents(path: string): string[] {
  const parts = path.split("/");
  const opened = parts.map((_, index) => `!${parts.slice(0, index + 1).join("/")}/`);
  return [...opened, `!${path}/**`];
}

function banned(row: Row): Record<string, unknown> {
  if (row.world === "node") return {};
  const globals = row.world === "ports" ? { ...noClock, ...noOutside } : noClock;
  const properties = row.world === "ports" ? [...noHiddenClock, ...noDefaultZone] : noHiddenClock;
  const named = Object.entries(globals).map(([name, instead]) => ({
    name,
    message: `packages/${row.name} is given its world: ${instead}.`,
  }));
  return {
    "no-restricted-globals": ["error", ...named],
    "no-restricted-properties": ["error", ...properties],
  };
}

function longFunctions(): unknown {
  return ["error", { max: FUNCTION_LINES_MAX, skipBlankLines: true, skipComments: true }];
}

/** node:test reports what these promise by itself; awaiting them at the top level would only serialise. */
function knownSafeCalls(): unknown[] {
  const name = ["test", "it", "describe", "suite", "before", "after", "beforeEach", "afterEach"];
  return [{ from: "package", package: "node:test", name }];
}
