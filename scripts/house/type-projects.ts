// Renders the TypeScript projects from the law: the first guard. Each package is a project of its own that sees
// only the projects of its row, so a forbidden import of ours is an error of the compiler (TS6307).
import { law, type Row } from "./law.ts";

/** ES2024.String adds isWellFormed and nothing that could see the outside. */
const LIB_OF_CORE = ["ES2023", "ES2024.String"];

/** Every tsconfig by its path in the repository, for the packages that exist. */
export function typeProjects(existing: ReadonlySet<string>): Record<string, unknown> {
  const rows = law.filter((row) => existing.has(row.name));
  const projects: Record<string, unknown> = {
    "tsconfig.base.json": base(rows),
    "tsconfig.tools.json": tools(rows),
    "tsconfig.json": { files: [], references: [...rows.map(reference), { path: "./tsconfig.tools.json" }] },
  };
  for (const row of rows) projects[`packages/${row.name}/tsconfig.json`] = ofPackage(row, existing);
  return projects;
}

/** Sources are found by `paths`, not through node_modules, because only then does the compiler see them as ours. */
function base(rows: readonly Row[]): unknown {
  const paths = rows.map((row) => [`@coeval/${row.name}/*`, [`./packages/${row.name}/src/*.ts`]]);
  return {
    compilerOptions: {
      target: "esnext",
      module: "nodenext",
      moduleResolution: "nodenext",
      moduleDetection: "force",
      lib: ["ESNext"],
      types: [],
      strict: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitOverride: true,
      noImplicitReturns: true,
      noFallthroughCasesInSwitch: true,
      allowUnreachableCode: false,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      paths: Object.fromEntries(paths),
    },
  };
}

function ofPackage(row: Row, existing: ReadonlySet<string>): unknown {
  const withNode = row.types.includes("node");
  const packages = new Set(row.ours.map((name) => name.split("/")[0] ?? name));
  return {
    extends: "../../tsconfig.base.json",
    compilerOptions: {
      composite: true,
      emitDeclarationOnly: true,
      lib: libOf(row),
      types: row.types,
      rootDir: "src",
      outDir: `../../.build/types/${row.name}`,
      tsBuildInfoFile: `../../.build/types/${row.name}.tsbuildinfo`,
    },
    include: ["src/**/*.ts", "src/**/fixtures/*.json", ...(withNode ? [] : ["../core/globals.d.ts"])],
    exclude: [
      "src/**/*.test.ts",
      "src/**/*.real.ts",
      ...(row.programs ?? []).map((file) => file.replace(`packages/${row.name}/`, "")),
    ],
    references: [...packages].filter((name) => existing.has(name)).map((name) => ({ path: `../${name}` })),
  };
}

function libOf(row: Row): string[] {
  if (row.name === "core") return LIB_OF_CORE;
  return row.name === "console" ? ["ESNext", "DOM"] : ["ESNext"];
}

/** Tests, programs and the free folders: Node's types, every package, nothing emitted. */
function tools(rows: readonly Row[]): unknown {
  return {
    extends: "./tsconfig.base.json",
    compilerOptions: {
      incremental: true,
      noEmit: true,
      types: ["node"],
      tsBuildInfoFile: ".build/types/tools.tsbuildinfo",
    },
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/src/**/*.real.ts",
      ...rows.flatMap((row) => row.programs ?? []),
      "scripts/**/*.ts",
      "e2e/**/*.ts",
      "bench/**/*.ts",
    ],
    references: rows.map(reference),
  };
}

function reference(row: Row): unknown {
  return { path: `packages/${row.name}` };
}
