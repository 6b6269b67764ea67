// The command line before a scripted control device over real https: data on stdout, messages on stderr, exit codes.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { parse } from "yaml";
import { authorityFingerprint, otherAuthority } from "./fixtures/tls.ts";
import { runCli } from "./program.ts";
import { type FakeIo, fakeIo } from "./testing/fake-io.ts";
import { type Answer, type FakeServer, fakeServer, problem } from "./testing/fake-server.ts";
import { doneRun, failedRun, salesYaml, sampleRun, sendingRun, tornRun } from "./testing/samples.ts";

let server: FakeServer;
before(async () => {
  server = await fakeServer();
});
after(() => server.close());
beforeEach(() => {
  server.answers.clear();
  server.asked.length = 0;
});

async function run(words: string, io: FakeIo = fakeIo(server.url), more: object = {}) {
  const checkCertificates = async () => ({ ok: true, certificates: [], wrong: [] });
  const code = await runCli(
    { io, version: "1.2.3", checkCertificates, commands: [], ...more },
    words.split(" "),
  );
  return { code, out: io.out(), err: io.err(), io };
}

/** Server-sent events of a run: each is sent, then the connection breaks unless it was the last. */
function events(runs: readonly object[], breakAfter = runs.length): Answer {
  let next = 0;
  return (_asked, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let sent = 0; next < runs.length && sent < breakAfter; sent++, next++) {
      const data = { now: "2026-11-21T10:00:00.000Z", run: runs[next] };
      response.write(`: comment\n\nid: ${next + 1}\nevent: run\ndata: ${JSON.stringify(data)}\n\n`);
    }
    response.end();
    return undefined;
  };
}

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
    ["service check", /a name or -f/],
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

test("apply shows what it changes in production before it does it, and sends all documents at once", async () => {
  const finding = {
    cluster: "west",
    set: "items",
    level: "warns",
    code: "root",
    text: "can no longer be renamed",
  };
  const service = { name: "sales", action: "created", findings: [finding], revision: null };
  server.answers.set("POST /api/v1/services", ({ url }) => ({
    dryRun: url.includes("dryRun=true"),
    blocked: false,
    services: [service],
  }));
  const io = fakeIo(server.url);
  io.files.set("s.yaml", salesYaml);
  const applied = await run("service apply -f s.yaml", io);
  assert.equal(applied.code, 0);
  assert.equal(applied.out, "service/sales created\n");
  assert.match(
    applied.err,
    /service sales, created:\n {2}! warning {2}west, items: can no longer be renamed\n/,
  );
  assert.deepEqual(
    server.asked.map(({ url }) => url.slice(-5)),
    ["=true", "false"],
  );
  const { services } = server.asked[1]?.body as { services: { metadata: object }[] };
  assert.deepEqual(services[0]?.metadata, { name: "sales" });
  const unsure = fakeIo(server.url);
  unsure.files.set("s.yaml", salesYaml);
  unsure.typed.push("n");
  assert.equal((await run("service apply -f s.yaml", unsure)).code, 1);
  assert.equal(server.asked.length, 3, "not agreed to, so only the dry run was sent");
});

test("a refusal of the control device is told at the line it is about", async () => {
  const refusal = {
    pointer: "#/services/0/spec/dataSets/1/hdfs",
    code: "set-missing",
    detail: "does not exist",
  };
  server.answers.set("POST /api/v1/services", () =>
    problem("set-missing", 409, "service sales: gone", { errors: [refusal] }),
  );
  const io = fakeIo(server.url);
  io.files.set("s.yaml", salesYaml);
  const { code, err } = await run("service apply -f s.yaml", io);
  assert.equal(code, 6);
  assert.match(err, /error: service sales: gone\n {2}s\.yaml:11:13: does not exist\n/);
});

test("a dry run that is blocked changes nothing and says why", async () => {
  const finding = {
    cluster: "west",
    set: null,
    level: "blocks",
    code: "no-right",
    text: "no right",
    command: "hdfs dfs -chown x",
  };
  const service = { name: "sales", action: "created", findings: [finding], revision: null };
  server.answers.set("POST /api/v1/services", () => ({ dryRun: true, blocked: true, services: [service] }));
  for (const words of [
    "service apply -f s.yaml",
    "service apply --dry-run -f s.yaml",
    "service check -f s.yaml",
  ]) {
    const io = fakeIo(server.url);
    io.files.set("s.yaml", salesYaml);
    const { code, out, err } = await run(words, io);
    assert.equal(code, 6, words);
    assert.match(out + err, /✘ refused {2}west: no right\n {6}hdfs dfs -chown x/);
  }
  assert.ok(server.asked.every(({ url }) => url.endsWith("dryRun=true")));
});

test("protect answers at once, or waits and tells how it went by exit code", async () => {
  server.answers.set("POST /api/v1/services/sales/protect", () => sampleRun("opening"));
  const quick = await run("service protect sales --at +3s --label x");
  assert.equal(quick.out, "run/run-1 at 2026-11-21T10:00:03.000Z\n");
  assert.match(quick.err, /watch it: coeval run watch run-1/);
  assert.deepEqual(server.asked[0]?.body, { at: "+3s", label: "x" });
  assert.match(String(server.asked[0]?.headers["idempotency-key"]), /^[0-9a-f-]{36}$/);
  for (const [end, code, pattern] of [
    [doneRun, 0, /^closing +done/m],
    [tornRun, 3, /below what was asked: torn/],
    [failedRun, 1, /error: run-1 failed: \/data\/sales\/orders does not exist\nhint: Create/],
  ] as const) {
    server.answers.set("GET /api/v1/runs/run-1/events", events([sampleRun("opening"), sendingRun, end]));
    const waited = await run("service protect sales --wait -o json");
    assert.equal(waited.code, code);
    assert.match(waited.err, pattern);
    assert.equal(JSON.parse(waited.out).phase, end.phase);
  }
});

test("a broken stream is taken up again after the last event", async () => {
  server.answers.set("GET /api/v1/runs/run-1", () => sampleRun("opening"));
  server.answers.set("GET /api/v1/runs/run-1/events", events([sampleRun("opening"), sendingRun, doneRun], 1));
  assert.equal((await run("run watch run-1")).code, 0);
  const streams = server.asked.filter(({ url }) => url.endsWith("/events"));
  assert.deepEqual(
    streams.map(({ headers }) => headers["last-event-id"]),
    [undefined, "1", "2"],
  );
});

test("a lost answer to protect is asked for again with the same key", async () => {
  let calls = 0;
  server.answers.set("POST /api/v1/services/sales/protect", (_asked, response) => {
    if (++calls > 1) return sampleRun("opening");
    response.destroy();
    return undefined;
  });
  assert.equal((await run("service protect sales")).code, 0);
  const keys = new Set(server.asked.map(({ headers }) => headers["idempotency-key"]));
  assert.deepEqual([server.asked.length, keys.size], [2, 1]);
});

test("Ctrl-C leaves the run going and says how to come back", async () => {
  const io = fakeIo(server.url);
  server.answers.set("GET /api/v1/runs/run-1", () => sampleRun("opening"));
  server.answers.set("GET /api/v1/runs/run-1/events", (_asked, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("retry: 1000\n\n");
    io.leave();
    return undefined;
  });
  const { code, err } = await run("run watch run-1", io);
  assert.equal(code, 130);
  assert.match(err, /the run goes on. To come back: coeval run watch run-1/);
});

test("login proves the control device by file or fingerprint and keeps the token to its owner", async () => {
  const folder = await mkdtemp(join(tmpdir(), "coeval-cli-"));
  const me = {
    token: "token-1",
    name: "ada",
    role: "operator",
    scopes: ["*:/"],
    control: "control-1",
    version: "1",
  };
  server.answers.set("GET /api/v1/me", () => me);
  server.answers.set("GET /api/v1/runs", () => ({ items: [], next: null }));
  const none = { COEVAL_URL: "", COEVAL_TOKEN_FILE: "", COEVAL_CA: "" };
  try {
    for (const proof of ["--ca ca.pem", `--fingerprint ${authorityFingerprint}`]) {
      const env = { ...none, COEVAL_CONFIG: join(folder, String(proof.length), "config.json") };
      const done = await run(`login ${server.url} --token-file token ${proof}`, fakeIo("", { env }));
      assert.equal(done.code, 0, done.err);
      assert.equal((await stat(env.COEVAL_CONFIG)).mode & 0o777, 0o600);
      assert.equal((await run("run list", fakeIo("", { env }))).code, 0);
    }
    const env = { ...none, COEVAL_CONFIG: join(folder, "open.json") };
    await writeFile(env.COEVAL_CONFIG, await readFile(join(folder, "11", "config.json")), { mode: 0o644 });
    const open = await run("run list", fakeIo("", { env }));
    assert.equal(open.code, 5);
    assert.match(open.err, /can be read by others.*\nhint: chmod 600/);
    assert.match(
      (await run("run list", fakeIo("", { env: { ...none, COEVAL_CONFIG: join(folder, "absent") } }))).err,
      /nobody is logged in/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a token is sent to nobody but the control device that was pinned", async () => {
  const other = fakeIo(server.url);
  other.files.set("ca.pem", otherAuthority);
  const refused = await run("run list", other);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /not the control device that was pinned/);
  const forged = await run(`login ${server.url} --token-file token --fingerprint ${"0".repeat(64)}`);
  assert.equal(forged.code, 5);
  const plain = await run("login http://127.0.0.1:1 --token-file token --ca ca.pem");
  assert.equal(plain.code, 2);
  assert.equal(server.asked.length, 0);
  const nobody = await run("run list", fakeIo("https://127.0.0.1:1"));
  assert.match(nobody.err, /127\.0\.0\.1:1 cannot be reached/);
});

test("status tells what is not as it should be, and --check makes it an exit code", async () => {
  const status = {
    safe: false,
    now: "2026-11-21T10:00:00.000Z",
    clockSource: "control:1",
    troubles: [{ about: "cluster/west", text: "the agent is away", hint: "Start the agent" }],
    services: [],
    clusters: [],
  };
  server.answers.set("GET /api/v1/status", () => status);
  const shown = await run("status");
  assert.deepEqual([shown.code, shown.err], [0, ""]);
  assert.match(
    shown.out,
    /^1 not as it should be .*\n {2}✘ cluster\/west: the agent is away\n {4}Start the agent\n/,
  );
  assert.equal((await run("status --check")).code, 1);
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
      words: ["testbed", "up"],
      about: "start",
      flags: [
        { form: "--dir <dir>", about: "folder", default: "x" },
        { form: "--keep", about: "keep" },
      ],
      run: async (flags: object) => (got.push(flags), 0),
    },
  ];
  assert.equal((await run("agent --data d", undefined, { commands })).code, 7);
  assert.equal((await run("testbed up --keep", undefined, { commands })).code, 0);
  assert.deepEqual(got, [{ data: "d" }, { dir: "x", keep: true }]);
  assert.equal((await run("agent", undefined, { commands })).code, 2);
  server.answers.set("GET /api/v1/agents", () => ({ items: [] }));
  assert.equal((await run("agent list", undefined, { commands })).code, 0);
});
