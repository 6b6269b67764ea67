import assert from "node:assert/strict";
import { test } from "node:test";
import { courseTo, directed, resultOf, runIn } from "@coeval/core/testing/runs";
import { INSTRUCTION_LINES_MAX } from "@coeval/core/model/run-line";
import type { z } from "zod";
import { certificateSchema } from "./certificate.ts";
import { ITEMS_MAX } from "./fields.ts";
import { instructionSchema, outcomeSchema, reportSchema } from "./instruction.ts";
import { fromAgent, fromControl } from "./link.ts";
import { CHANGES_MAX, transferMessage } from "./transfer.ts";

const SHA256 = "a".repeat(64);
const LONG = "x".repeat(100_000);

const entry = {
  set: "ledger",
  path: "a b/%41",
  type: "file",
  id: "16386",
  length: 5,
  mtimeMs: 1,
  atimeMs: 2,
  owner: "o",
  group: "g",
  mode: 0o1777,
  replication: 3,
  blockSize: 1024,
  acl: ["user:a:r--"],
  xattrs: [["user.k", "00"]],
  open: true,
  sha256: SHA256,
};
const at = { top: 1, relative: "x/y" };
const identity = { clusterId: "CID-1", namespaceId: "1" };
const moved = { changes: 1, files: 1, bytes: 5, deletions: 0 };
const manifest = { sha256: SHA256, files: 1, directories: 1, bytes: 5 };
const failure = { code: "corrupt", message: "m", evidence: ["p"] };
const instructions = (["push", "pull"] as const).flatMap((direction) =>
  courseTo(directed(direction), "done").flatMap(({ commands }) =>
    commands.flatMap((command) => (command.kind === "instruct" ? [command.instruction] : [])),
  ),
);

const TRANSFER = [
  { say: "open", direction: "push", run: "run-1", service: "billing", epoch: 1, baseManifestSha256: null },
  { say: "open", direction: "pull", run: "run-1", service: "billing", epoch: 1, baseManifestSha256: SHA256 },
  { say: "opened" },
  { say: "closed", failure },
  { say: "plan", moved },
  { say: "planned" },
  { say: "file", channel: 1, number: 1, entry, at },
  { say: "want", channel: 1 },
  { say: "have", channel: 1, sha256: SHA256 },
  { say: "end", channel: 1, sha256: SHA256 },
  { say: "took", channel: 1, bytes: 5 },
  { say: "done", channel: 1, sha256: SHA256 },
  {
    say: "changes",
    changes: [
      { number: 1, kind: "put", entry, at, replaces: false },
      { number: 2, kind: "attributes", entry, before: entry },
      { number: 3, kind: "delete", before: entry },
      { number: 4, kind: "times", entry, before: null, at: null },
    ],
  },
  { say: "finish", manifest },
  { say: "finished" },
];

/** Takes what it should, and gives it back unchanged: nothing is dropped on the way. */
function takes(schema: z.ZodType, values: readonly unknown[]): void {
  for (const value of values) assert.deepEqual(schema.parse(JSON.parse(JSON.stringify(value))), value);
}

function refuses(schema: z.ZodType, values: readonly unknown[]): void {
  for (const value of values)
    assert.equal(schema.safeParse(value).success, false, JSON.stringify(value)?.slice(0, 300));
}

test("every message of a transfer passes whole", () => {
  takes(transferMessage, TRANSFER);
  const { acl: _a, xattrs: _x, open: _o, sha256: _s, ...plain } = entry;
  takes(transferMessage, [
    { say: "file", channel: 1, number: 1, entry: plain, at: { top: 1, relative: "" } },
  ]);
});

test("every instruction that a run gives, every result and report passes whole", () => {
  assert.equal(new Set(instructions.map(({ order }) => order.step)).size, 10);
  takes(instructionSchema, instructions);
  for (const name of [
    "open-holding",
    "take-snapshots",
    "receive-snapshots",
    "send-snapshots",
    "serve-snapshots",
    "replicate-snapshots",
    "verify",
    "sign",
    "seal",
    "release",
  ] as const)
    takes(outcomeSchema, [{ ok: true, result: resultOf(runIn("sealing"), name) }]);
  takes(outcomeSchema, [{ ok: false, failure }]);
  takes(reportSchema, [
    { kind: "ready", address: "host:9000" },
    { kind: "armed", identity },
    {
      kind: "progress",
      progress: { doing: "x", filesDone: 1, filesTotal: null, bytesDone: 2, bytesTotal: 3 },
    },
  ]);
  takes(
    fromControl,
    instructions.map((instruction) => ({ say: "instruct", term: 1, instruction })),
  );
});

test("a path that leads out of where it belongs is refused, wherever it stands", () => {
  for (const path of [
    "..",
    "../x",
    "a/../../x",
    "/etc",
    "a//b",
    "a/",
    ".",
    "./a",
    ".snapshot/s1",
    "a/.snapshot/s",
  ]) {
    const wrong = { ...entry, path };
    refuses(transferMessage, [
      { say: "file", channel: 1, number: 1, entry: wrong, at },
      { say: "file", channel: 1, number: 1, entry, at: { top: 1, relative: path } },
      { say: "changes", changes: [{ number: 1, kind: "put", entry: wrong, at, replaces: false }] },
      {
        say: "changes",
        changes: [{ number: 1, kind: "put", entry, at: { top: 1, relative: path }, replaces: false }],
      },
      { say: "changes", changes: [{ number: 1, kind: "delete", before: wrong }] },
      { say: "changes", changes: [{ number: 1, kind: "attributes", entry: wrong, before: entry }] },
      { say: "changes", changes: [{ number: 1, kind: "times", entry: wrong, before: null, at: null }] },
    ]);
    const [opening] = instructions;
    assert.ok(opening?.order.step === "open-holding");
    refuses(instructionSchema, [
      { ...opening, order: { ...opening.order, sets: [{ name: "ledger", relative: path }] } },
    ]);
  }
  const [opening] = instructions;
  // The holding directory itself is no place for a data set.
  assert.ok(opening?.order.step === "open-holding");
  refuses(instructionSchema, [
    { ...opening, order: { ...opening.order, sets: [{ name: "ledger", relative: "" }] } },
  ]);
});

test("what is oversized, negative, fractional or of another kind is refused", () => {
  const file = { say: "file", channel: 1, number: 1, entry, at };
  refuses(transferMessage, [
    null,
    {},
    { say: "shutdown" },
    { say: "want", channel: -1 },
    { say: "want", channel: 1.5 },
    { say: "want", channel: 2 ** 60 },
    { say: "took", channel: 1, bytes: Number.MAX_SAFE_INTEGER + 2 },
    { say: "have", channel: 1, sha256: "A".repeat(64) },
    { say: "open", direction: "push", run: "../x", service: "billing", epoch: 1, baseManifestSha256: null },
    { say: "open", direction: "push", run: "run-1", service: "Billing", epoch: 1, baseManifestSha256: null },
    { say: "open", direction: "push", run: "run-1", service: "billing", epoch: 0, baseManifestSha256: null },
    { say: "open", direction: "both", run: "run-1", service: "billing", epoch: 1, baseManifestSha256: null },
    { ...file, entry: { ...entry, mode: 0o2777 } },
    { ...file, entry: { ...entry, path: LONG } },
    { ...file, entry: { ...entry, owner: LONG } },
    { ...file, entry: { ...entry, id: "1; drop" } },
    { ...file, entry: { ...entry, acl: Array(101).fill("user:a:r--") } },
    { ...file, entry: { ...entry, length: -1 } },
    { say: "changes", changes: Array(CHANGES_MAX + 1).fill({ number: 3, kind: "delete", before: entry }) },
    { say: "closed", failure: { ...failure, code: "no-such-code" } },
    { say: "closed", failure: { ...failure, evidence: Array(21).fill("p") } },
  ]);
});

test("instructions with anything beyond their bounds are refused", () => {
  const take = instructions.find(({ order }) => order.step === "take-snapshots");
  assert.ok(take?.order.step === "take-snapshots");
  const [set] = take.order.sets;
  refuses(instructionSchema, [
    { ...take, id: "run-1/take-snapshots" },
    { ...take, id: "run-1/take-snapshots/nobody" },
    { ...take, run: "run-1/../run-2" },
    { ...take, role: "root" },
    { ...take, epoch: 0 },
    { ...take, order: { ...take.order, step: "format" } },
    { ...take, order: { ...take.order, sets: [] } },
    { ...take, order: { ...take.order, sets: Array(ITEMS_MAX + 1).fill(set) } },
    { ...take, order: { ...take.order, snapshotName: "s/../x" } },
    { ...take, order: { ...take.order, snapshotName: "theirs" } },
    { ...take, order: { ...take.order, moment: Number.NaN } },
    { ...take, order: { ...take.order, moment: -1 } },
  ]);
  refuses(reportSchema, [
    { kind: "ready", address: "no port" },
    { kind: "ready", address: "http://host:1/" },
    { kind: "armed" },
    {
      kind: "progress",
      progress: { doing: LONG, filesDone: 0, filesTotal: null, bytesDone: 0, bytesTotal: null },
    },
  ]);
  refuses(outcomeSchema, [
    { ok: true },
    { ok: false },
    { ok: true, result: { step: "verify", files: -1, bytes: 0 } },
  ]);
});

test("lines for a run's log are few, short, and nothing that a terminal would obey", () => {
  const lines = [{ at: null, text: "snapshot taken" }];
  const report = { say: "report", instruction: "run-1/verify/target", report: { kind: "armed", identity } };
  takes(fromAgent, [{ ...report, lines: [{ at: 5, text: "größe 100 % 🐘" }, ...lines] }]);
  takes(outcomeSchema, [{ ok: false, failure, lines }]);
  const bad = [
    [{ at: null, text: LONG }],
    [{ at: null, text: "a\u001b[2J" }],
    [{ at: null, text: "two\nlines" }],
    [{ at: null, text: "" }],
    [{ at: -1, text: "before all time" }],
    Array(INSTRUCTION_LINES_MAX + 1).fill(lines[0]),
  ];
  refuses(
    fromAgent,
    bad.map((wrong) => ({ ...report, lines: wrong })),
  );
  refuses(
    outcomeSchema,
    bad.map((wrong) => ({ ok: false, failure, lines: wrong })),
  );
});

test("messages of the link that are too large, or nobody's, are refused", () => {
  refuses(fromAgent, [
    { say: "hello", version: 1, software: LONG, dataAddress: "h:1" },
    { say: "enrol", secret: LONG, agent: "a", csr: "pem" },
    { say: "enrol", secret: "s", agent: "A/../b", csr: "pem" },
    { say: "enrol", secret: "s", agent: "a", csr: LONG },
    { say: "instruct", instruction: instructions[0] },
    { say: "answer", instruction: "x", outcome: { ok: false, failure } },
  ]);
  refuses(fromControl, [
    { say: "revoked", fingerprints: Array(10_001).fill(SHA256) },
    { say: "revoked", fingerprints: ["short"] },
    { say: "time", number: 1, now: "2026" },
    { say: "hello", version: 1, software: "x", dataAddress: "h:1" },
  ]);
});

/** The value with one member more, once for every object in it. */
function* withMore(value: unknown): Generator<unknown> {
  if (value === null || typeof value !== "object") return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const more of withMore(item)) yield value.with(index, more);
    return;
  }
  yield { ...value, more: 1 };
  for (const [key, member] of Object.entries(value))
    for (const more of withMore(member)) yield { ...value, [key]: more };
}

test("a certificate with a member that nobody knows is refused, at any depth: it would not be what was signed", () => {
  const sealed = resultOf(runIn("sealing"), "seal");
  assert.ok(sealed.step === "seal");
  takes(certificateSchema, [sealed.certificate]);
  const altered = [...withMore(sealed.certificate)];
  assert.ok(altered.length > 15);
  refuses(certificateSchema, altered);
});
