// The command line before a scripted control device over real https: data on stdout, messages on stderr, exit codes.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { parse } from "yaml";
import { type FakeIo, fakeIo } from "./testing/fake-io.ts";
import { type FakeServer, fakeServer, problem } from "./testing/fake-server.ts";
import { runWith } from "./testing/run-cli.ts";
import { behindService, doneRun, failedRun, sampleRun } from "./testing/samples.ts";

let server: FakeServer;
before(async () => {
  server = await fakeServer();
});
after(() => server.close());
beforeEach(() => {
  server.answers.clear();
  server.asked.length = 0;
});

const run = (words: string, io?: FakeIo, more?: object) => runWith(server, words, io, more);

test("a list is a table for people and JSON, YAML or names for programs", async () => {
  server.answers.set("GET /api/v1/runs", () => ({ items: [doneRun, sampleRun("opening")], next: null }));
  const table = await run("run list");
  assert.equal(table.code, 0);
  assert.equal(table.err, "");
  assert.match(table.out, /^ID +SERVICE +PHASE/);
  assert.equal(table.out.trimEnd().split("\n").length, 3);
  assert.equal(JSON.parse((await run("run list -o json")).out).items[0].id, "run-1");
  assert.equal(parse((await run("run list -o yaml")).out).items[1].phase, "opening");
  assert.equal((await run("run list -o name")).out, "run/run-1\nrun/run-1\n");
  assert.equal(server.asked[0]?.headers.authorization, `Bearer coeval_${"a".repeat(64)}`);
});

test("pages are gathered up to the limit, and more is told on stderr", async () => {
  server.answers.set("GET /api/v1/runs", ({ url }) =>
    url.includes("cursor=two")
      ? { items: [doneRun], next: null }
      : { items: [doneRun, doneRun], next: "two" },
  );
  assert.equal(JSON.parse((await run("run list -o json")).out).items.length, 3);
  const limited = await run("run list --limit 2 -o name");
  assert.equal(limited.out, "run/run-1\nrun/run-1\n");
  assert.match(limited.err, /more than these 2/);
});

test("a service's moments are gathered over all pages as well, up to the limit", async () => {
  const at = (hour: number) => ({
    moment: `2026-03-01T0${hour}:00:00.000Z`,
    fate: "missed",
    run: null,
    more: 0,
    cause: null,
    at: "2026-03-01T09:00:00.000Z",
  });
  server.answers.set("GET /api/v1/services/orders/moments", ({ url }) =>
    url.includes("cursor=two") ? { items: [at(1)], next: null } : { items: [at(3), at(2)], next: "two" },
  );
  const names = "2026-03-01T03:00:00.000Z\n2026-03-01T02:00:00.000Z\n";
  const all = await run("service moments orders -o json");
  assert.equal(JSON.parse(all.out).items.length, 3, all.err);
  const limited = await run("service moments orders --limit 2 -o name");
  assert.equal(limited.out.replaceAll(/^.*\//gm, ""), names);
  assert.match(limited.err, /more than these 2/);
});

test("refusals tell what, where, what next, and map to exit codes", async () => {
  const codes = [
    ["not-found", 404, 4],
    ["not-allowed", 403, 5],
    ["not-authenticated", 401, 5],
    ["run-active", 409, 6],
    ["edited-meanwhile", 412, 6],
    ["bad-input", 400, 2],
    ["agent-lost", 502, 1],
  ] as const;
  for (const [code, status, exitCode] of codes) {
    server.answers.set("GET /api/v1/runs/run-1", () =>
      problem(code, status, "it did not work", { evidence: ["/a\u001b[2J"] }),
    );
    const answer = await run("run get run-1");
    assert.equal(answer.code, exitCode, code);
    assert.equal(answer.out, "");
    assert.match(answer.err, /^error: it did not work\n {2}- \/a.\[2J\nhint: the hint\ncode: /);
    assert.ok(!answer.err.includes("\u001b"));
  }
});

test("wrong words are usage errors with the word that was meant", async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["servce list", /Did you mean service/],
    ["service protect", /missing required argument/],
    ["service delete sales", /--points/],
    ["service delete sales --points all", /keep or delete/],
    ["run list --limit many", /whole number/],
    ["run list -o xml", /table, json, yaml, name/],
    ["service check", /a name or a file/],
    ["agent revoke west", /CLUSTER\/AGENT/],
    ["login https://x --token-file token", /--ca or --fingerprint/],
  ];
  for (const [words, pattern] of wrong) {
    const { code, err, out } = await run(words);
    assert.equal(code, 2, words);
    assert.match(err, pattern);
    assert.equal(out, "");
  }
  assert.equal((await run("--version")).out, "1.2.3\n");
  assert.match((await run("service --help")).out, /protect/);
});

test("what destroys is asked for by name on a terminal and needs --yes elsewhere", async () => {
  server.answers.set("DELETE /api/v1/services/sales", () => null);
  const alone = await run("service delete sales --points delete");
  assert.equal(alone.code, 2);
  assert.match(alone.err, /deleted for ever: nobody can be asked here\nhint: say --yes/);
  const unsure = fakeIo(server.url);
  unsure.typed.push("sale");
  assert.equal((await run("service delete sales --points delete", unsure)).code, 1);
  assert.equal(server.asked.length, 0);
  const sure = fakeIo(server.url);
  sure.typed.push("sales");
  assert.equal((await run("service delete sales --points keep", sure)).code, 0);
  assert.equal((await run("service delete sales --points keep --yes -q")).err, "");
  assert.deepEqual(
    server.asked.map(({ url }) => url),
    Array(2).fill("/api/v1/services/sales?points=keep"),
  );
});

test("status tells what is not as it should be, and --check makes it an exit code", async () => {
  const status = {
    safe: false,
    now: "2026-11-21T10:00:00.000Z",
    clockSource: "ntp://time",
    clock: {
      source: "ntp://time",
      server: { asked: "ntp://time", address: "10.0.0.5:123", referenceId: "GPS", stratum: 1, utcErrorMs: 2 },
      offsetMs: -1.5,
      errorMs: 0.25,
      ageMs: 1200,
    },
    warnings: [{ about: "cluster/east", text: "ntp://time is several clocks" }],
    troubles: [
      {
        key: "cluster/west:agent-away",
        about: "cluster/west",
        text: "the agent is away\nmore of it",
        hint: "Start the agent",
        since: null,
      },
    ],
    services: [behindService],
    clusters: [],
  };
  server.answers.set("GET /api/v1/status", () => status);
  const shown = await run("status");
  assert.deepEqual([shown.code, shown.err], [0, ""]);
  assert.match(
    shown.out,
    /^1 not as it should be .*\n {2}✘ cluster\/west: the agent is away\n {2}more of it\n {4}Start the agent\n {2}! cluster\/east: ntp:\/\/time is several clocks\n/,
  );
  assert.match(
    shown.out,
    /the last 15\.0 s +10\.0 s, missed by 5\.0 s +in 20\.0 s .* run-2 sending, 30\.0 s left/,
  );
  assert.match(
    shown.out,
    /^clock: ntp:\/\/time \(10\.0\.0\.5:123, stratum 1, following GPS, .* control device −1\.500 ms ± 0\.250 ms, read 1\.2 s ago$/m,
  );
  assert.equal((await run("status --check")).code, 1);
  const monitored = await run("status --check --quiet");
  assert.deepEqual([monitored.code, monitored.out], [1, "cluster/west:agent-away: the agent is away\n"]);
  server.answers.set("GET /api/v1/status", () => ({ ...status, safe: true, troubles: [] }));
  const well = await run("status --check --quiet");
  assert.deepEqual([well.code, well.out], [0, ""], "a monitor reads nothing while all is well");
});

test("a token's value is the only thing on stdout, so that it can go to a file", async () => {
  const made = {
    id: "token-2",
    name: "bob",
    role: "viewer",
    scopes: ["*:/"],
    createdAt: "2026-11-21T10:00:00.000Z",
    createdBy: "ada",
    expiresAt: null,
    revokedAt: null,
    value: "coeval_b",
  };
  server.answers.set("POST /api/v1/tokens", () => made);
  assert.equal(
    (await run("token create bob --role viewer --scope west:/data east:/x --expires-in 90d")).out,
    "coeval_b\n",
  );
  assert.deepEqual(server.asked[0]?.body, {
    name: "bob",
    role: "viewer",
    scopes: ["west:/data", "east:/x"],
    expiresIn: "90d",
  });
});

test("certificates are checked without a control device", async () => {
  const io = fakeIo("", { env: { COEVAL_CONFIG: "/absent" } });
  const wrong = ["the signature of the source's agent west does not fit"];
  const report = {
    ok: false,
    certificates: [
      { file: "c.json", point: "point-1", service: "sales", moment: "m", grade: "exact", wrong },
    ],
    wrong: [],
  };
  const { code, out, err } = await run("certificate check folder", io, {
    checkCertificates: async () => report,
  });
  assert.equal(code, 1);
  assert.match(out, /c\.json: sales point-1 m exact: DOES NOT HOLD/);
  assert.match(err, /✘ the signature/);
  assert.equal(server.asked.length, 0);
});

test("the composition's commands get their flags, and their number is the exit code", async () => {
  const got: unknown[] = [];
  const commands = [
    {
      words: ["agent"],
      about: "run it",
      flags: [{ form: "--data <dir>", about: "folder", required: true }],
      run: async (flags: object) => (got.push(flags), 7),
    },
    {
      words: ["testbed"],
      about: "clusters",
      flags: "own" as const,
      run: async (_: object, words: readonly string[]) => (got.push(words), 0),
    },
  ];
  assert.equal((await run("agent --data d", undefined, { commands })).code, 7);
  assert.equal((await run("testbed up --keep -o json --help", undefined, { commands })).code, 0);
  assert.deepEqual(got, [{ data: "d" }, ["up", "--keep", "-o", "json", "--help"]]);
  assert.equal((await run("agent", undefined, { commands })).code, 2);
  server.answers.set("GET /api/v1/agents", () => ({ items: [] }));
  assert.equal((await run("agent list", undefined, { commands })).code, 0);
});

test("retry protects again for a run that failed, and tells of the new one", async () => {
  server.answers.set("POST /api/v1/runs/run-1/retry", () => sampleRun("opening", { id: "run-2" }));
  const done = await run("run retry run-1");
  assert.deepEqual([done.code, done.out], [0, "run/run-2 at 2026-11-21T10:00:03.000Z\n"]);
  assert.ok(server.asked.at(-1)?.headers["idempotency-key"], "its answer may be lost");
});

test("a failed run names its cause where its phase is told", async () => {
  server.answers.set("GET /api/v1/runs/run-1", () => failedRun);
  assert.match((await run("run get run-1")).out, /PHASE +failed: \/data\/sales\/orders does not exist\n/);
});
