// YAML files: every wrong place is told as file:line:column, in every document, before anything is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocuments } from "./document-file.ts";
import { CliError } from "./failure.ts";
import { fakeIo } from "./testing/fake-io.ts";
import { salesYaml } from "./testing/samples.ts";

async function wrongIn(text: string | Uint8Array): Promise<string[]> {
  const io = fakeIo("");
  io.files.set("s.yaml", text);
  try {
    await readDocuments(io, ["s.yaml"]);
    return [];
  } catch (error) {
    assert.ok(error instanceof CliError && error.exitCode === 2, String(error));
    return [error.message, ...error.details];
  }
}

test("a good file gives its documents, whose pointers lead back to lines", async () => {
  const io = fakeIo("");
  io.files.set("s.yaml", `${salesYaml}---\n${salesYaml.replace("name: sales", "name: more")}`);
  const [first, second] = await readDocuments(io, ["s.yaml"]);
  assert.equal(first?.document.metadata.name, "sales");
  assert.equal(first?.place("#/spec/dataSets/1/hdfs"), "s.yaml:11:13");
  assert.equal(second?.place("#/metadata/name"), "s.yaml:21:9");
  // What is not there is told where it belongs: at the key of its nearest mapping.
  assert.equal(first?.place("#/spec/mapping/source"), "s.yaml:12:3");
  assert.equal(first?.place("#/spec/dataSets/0/name"), "s.yaml:9:7");
  assert.equal(first?.place(""), "s.yaml:1:1");
});

test("wrong values, missing keys and unknown keys are told at their places, all at once", async () => {
  const text = salesYaml
    .replace("/data/sales/orders", "/data/../orders")
    .replace("    target: /coeval/sales", "    taget: /coeval/sales")
    .replace("beyond: refuse", "beyond: maybe");
  assert.deepEqual(await wrongIn(text), [
    "s.yaml:9:13: spec.dataSets[0].hdfs: '/data/../orders' contains '..'",
    "s.yaml:12:3: spec.mapping.target: is missing",
    "s.yaml:13:5: spec.mapping.taget: unknown key 'taget'; did you mean 'target'?",
    's.yaml:16:41: spec.policy.tolerance.beyond: must be "refuse" or "mark", not "maybe"',
  ]);
});

test("malformed YAML is told with its place and never guessed at", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["a: [1,\n", /^s\.yaml:\d+:\d+: Flow sequence/],
    ["a: b: c\n", /^s\.yaml:1:4: Nested mappings/],
    ["kind: Service\nkind: Cluster\n", /^s\.yaml:2:1: the key kind occurs twice/],
    ["kind: !!js/function x\n", /^s\.yaml:1:7: Unresolved tag/],
    ["\tkind: Service\n", /^s\.yaml:1:\d+: .*[Tt]ab/],
    ["? [a]\n: 1\n", /^s\.yaml:1:\d+: With stringKeys/],
    ["kind: 'x\n", /^s\.yaml:\d+:\d+: Missing closing 'quote/],
    ["kind: a\u0000b\n", /^s\.yaml:1:8: a control character/],
    ["kind: \u001b[31m\n", /^s\.yaml:1:7: a control character/],
    ["- 1\n", /^s\.yaml:1:1: kind: is missing/],
    ["just text\n", /^s\.yaml:1:1: kind: is missing/],
    ["", /^s\.yaml: no document/],
    ["# nothing\n", /^s\.yaml: no document/],
    ["kind: Servcie\n", /^s\.yaml:1:7: kind: unknown kind 'Servcie'; did you mean 'Service'/],
  ];
  for (const [text, pattern] of cases)
    assert.match((await wrongIn(text))[0] ?? "fine", pattern, JSON.stringify(text));
});

test("a bomb of aliases, other encodings and files too large are refused", async () => {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
  );
  assert.match((await wrongIn(`l0: &l0 [x]\n${levels.join("\n")}\nkind: Service\n`))[0] ?? "fine", /alias/);
  assert.match((await wrongIn(Uint8Array.of(0xff, 0xfe, 0x41)))[0] ?? "fine", /is not UTF-8/);
  assert.match((await wrongIn("#".repeat(4 * 1024 * 1024 + 1)))[0] ?? "fine", /larger than 4 MiB/);
  await assert.rejects(readDocuments(fakeIo(""), ["absent.yaml"]), /absent\.yaml cannot be read/);
});
