// Shows that every row of the law bites, in all three guards: each package is made to import each module once. The
// table is written here by hand a second time, after docs/ARCHITECTURE.md, so that a slip in the law is found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./judge.ts";
import { samples } from "./samples.ts";

const ours = [
  "core",
  "contract",
  "hadoop",
  "platform",
  "store",
  "drivers/memory",
  "drivers/hdfs",
  "agent",
  "control",
];
const edges = ["cli", "console", "coeval", "simulator", "testbed"];
const foreign = ["zod", "kysely", "fastify", "croner", "koffi", "commander", "react", "left-pad"];
const ofNode = ["node:fs", "node:net", "node:sqlite", "node:timers/promises"];
const universe = [...[...ours, ...edges].map((name) => `@coeval/${name}/sample`), ...foreign, ...ofNode];

/** What each package may import out of the universe. */
const allowed: Record<string, string[]> = {
  core: [],
  contract: ["core", "zod"],
  hadoop: [],
  platform: ["core", "croner", ...ofNode],
  store: ["core", "kysely", "node:sqlite"],
  drivers: ["core", "hadoop"],
  agent: ["core", "contract", "store"],
  control: ["core", "contract", "store", "fastify"],
  cli: ["contract", "commander", ...ofNode],
  console: ["contract", "react"],
  coeval: [...ours, "cli", "console", "testbed"],
  simulator: ["core", "contract", "store", "drivers/memory", "agent", "control"],
  testbed: ofNode,
};
const packages = Object.keys(allowed);
const withoutNode = ["core", "contract", "hadoop", "drivers", "agent", "simulator", "console"];

const isAllowed = (name: string, module: string): boolean =>
  (allowed[name] ?? []).includes(module.replace(/^@coeval\/(.*)\/sample$/, "$1"));

const fileOf = (name: string, module: string): string =>
  `packages/${name}/src/imports-${module.replaceAll(/[^a-z-]/g, "-")}.ts`;

const everyPair = packages.flatMap((name) =>
  universe.map((module) => ({ name, module, file: fileOf(name, module) })),
);

test("lint, the repository test and the compiler refuse every import that its row does not name", () => {
  const files = new Map(everyPair.map(({ file, module }) => [file, `export * from "${module}";\n`]));
  for (const name of [...ours, ...edges]) {
    const [folder = name, below] = name.split("/");
    files.set(
      `packages/${folder}/src/${below === undefined ? "" : `${below}/`}sample.ts`,
      "export const x = 1;\n",
    );
  }
  using tree = samples(files);
  const lint = tree.lint();
  using checked = samples(
    new Map([...files].filter(([, text]) => !foreign.some((name) => text.includes(`"${name}"`)))),
  );
  const compiler = checked.compile();
  const wrong = everyPair.flatMap(({ name, module, file }) => {
    const told = (lint.get(file) ?? []).filter((line) => line.includes("no-restricted-imports"));
    const refusedByLint = told.some((line) => line.includes(`packages/${name} may import`));
    const refusedByCompiler = (compiler.get(file) ?? []).some((code) => REFUSALS.includes(code));
    const may = isAllowed(name, module);
    return [
      ...(refusedByLint === may ? [`lint ${may ? "refuses" : "allows"} ${file}`] : []),
      ...((judge(file, module) === null) === may ? [] : [`the test ${may ? "refuses" : "allows"} ${file}`]),
      ...(compilerCanTell(name, module) && refusedByCompiler === may
        ? [`the compiler ${may ? "refuses" : "allows"} ${file}`]
        : []),
    ];
  });
  assert.deepEqual(wrong, []);
});

const seenThroughOthers = ["cli core", "console core", "simulator hadoop", "simulator drivers/hdfs"];

/** Not in the project's list, outside its folder, no such module for it. */
const REFUSALS = ["TS6307", "TS6059", "TS2591", "TS2307"];

/**
 * Of foreign modules it only knows whether they are installed (fastify brings Node's types with it, so those samples
 * are kept from it), of drivers/ not which folder is meant, and a project sees what the projects of its row see.
 */
function compilerCanTell(name: string, module: string): boolean {
  if (foreign.includes(module)) return false;
  if (module.startsWith("node:")) return withoutNode.includes(name);
  if (module === `@coeval/${name}/sample` || module.startsWith(`@coeval/${name}/`)) return false;
  return !seenThroughOthers.includes(`${name} ${module.replace(/^@coeval\/(.*)\/sample$/, "$1")}`);
}

test("what tests may add is let in for them alone", () => {
  const cases: [file: string, module: string, may: boolean][] = [
    ["packages/core/src/a.test.ts", "node:test", true],
    ["packages/core/src/a.test.ts", "node:assert/strict", true],
    ["packages/core/src/a.test.ts", "fast-check", true],
    ["packages/core/src/a.test.ts", "node:fs", false],
    ["packages/core/src/a.test.ts", "@coeval/testbed/sample", false],
    ["packages/core/src/a.ts", "node:test", false],
    ["packages/drivers/src/hdfs/a.real.test.ts", "@coeval/testbed/sample", true],
    ["packages/drivers/src/hdfs/b.real.test.ts", "@coeval/platform/sample", true],
    ["packages/drivers/src/hdfs/c.real.test.ts", "@coeval/control/sample", false],
    ["packages/drivers/src/hdfs/d.real.ts", "@coeval/testbed/sample", true],
    ["packages/drivers/src/hdfs/e.real.ts", "@coeval/control/sample", false],
    ["packages/hadoop/src/sasl/gssapi.ts", "koffi", true],
    ["packages/hadoop/src/transfer/crc.ts", "@node-rs/crc32", true],
    ["packages/hadoop/src/transfer/chunk-sums.ts", "@node-rs/crc32", false],
    ["packages/agent/src/a.ts", "../../platform/src/sample.ts", false],
    ["packages/agent/src/b.ts", "./c.ts", true],
  ];
  using tree = samples(new Map(cases.map(([file, module]) => [file, `export * from "${module}";\n`])));
  const lint = tree.lint();
  const last = new Map(cases.map((each) => [each[0], each]));
  for (const [file, module, may] of last.values()) {
    const refused = (lint.get(file) ?? []).some((line) => line.includes("no-restricted-imports"));
    assert.equal(refused, !may, `lint on ${file} importing ${module}`);
  }
  for (const [file, module, may] of cases) {
    assert.equal(judge(file, module) === null, may, `the test on ${file} importing ${module}`);
  }
});

test("the clock, chance and the outside are refused where a world is handed in", () => {
  const clock = [
    "Date",
    "performance",
    "setTimeout",
    "setInterval",
    "setImmediate",
    "WeakRef",
    "Math.random",
  ];
  const outside = [
    "process",
    "fetch",
    "crypto",
    "console",
    "globalThis",
    "Intl.DateTimeFormat",
    "(1).toLocaleString",
  ];
  const free = ["platform", "testbed"];
  const people = ["cli", "console", "coeval"];
  const all = packages.flatMap((name) =>
    [...clock, "Temporal.Now", ...outside].map((banned) => ({ name, banned })),
  );
  const file = ({ name, banned }: { name: string; banned: string }): string =>
    `packages/${name}/src/uses-${banned.replaceAll(/[^A-Za-z]/g, "-")}.ts`;
  const program = "packages/simulator/src/main.ts";
  const texts = all.map((each): [string, string] => [
    file(each),
    `export const used: unknown = ${each.banned};\n`,
  ]);
  using tree = samples(new Map([...texts, [program, "export const used: unknown = process;\n"]]));
  const lint = tree.lint();
  for (const each of all) {
    const refused = (lint.get(file(each)) ?? []).some((line) =>
      /no-restricted-(globals|properties)/.test(line),
    );
    const may = free.includes(each.name) || (people.includes(each.name) && outside.includes(each.banned));
    assert.equal(refused, !may, `${each.name} and ${each.banned}`);
  }
  assert.equal(lint.get(program), undefined);
});

test("the compiler alone keeps time zones, timers and Node out of core", () => {
  const banned = ["setTimeout", "process", "Buffer", "fetch", "performance", "Temporal", "console", "URL"];
  const file = (name: string): string => `packages/core/src/uses-${name}.ts`;
  using tree = samples(
    new Map(banned.map((name) => [file(name), `export const used: unknown = ${name};\n`])),
  );
  const told = tree.compile();
  assert.deepEqual(
    banned.filter((name) => !told.has(file(name))),
    [],
  );
});

test("the general rules bite", () => {
  const source = "declare const n: number; declare function later(): Promise<number>;\n";
  const cases: Record<string, string> = {
    "no-floating-promises": "later();",
    "no-misused-promises": "[n].forEach(async () => { await later(); });",
    "await-thenable": "await n;",
    "no-explicit-any": "export const a: any = n;",
    "no-unused-vars": "const unused = n;",
    eqeqeq: "export const e = n == 1;",
    "no-empty": "try { await later(); } catch {}",
    "no-new-func": 'export const f: unknown = new Function("return 1");',
    "max-lines-per-function": `export function long(): void {\n${"  void n;\n".repeat(71)}}`,
    "only-throw-error": 'throw "text";',
    "ban-ts-comment": "// @ts-ignore\nexport const i: string = n;",
  };
  const file = (rule: string): string => `packages/core/src/${rule}.ts`;
  const files = Object.entries(cases).map(([rule, text]): [string, string] => [
    file(rule),
    `${source}${text}\nexport { n };\n`,
  ]);
  using tree = samples(new Map(files));
  const lint = tree.lint();
  for (const rule of Object.keys(cases)) {
    assert.ok(
      lint.get(file(rule))?.some((line) => line.includes(`(${rule})`)),
      `${rule} was not told of: ${lint.get(file(rule))?.join()}`,
    );
  }
});
