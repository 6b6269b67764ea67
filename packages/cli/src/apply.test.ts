// Apply and check before a scripted control device: what they mean is shown before it is done.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type FakeIo, fakeIo } from "./testing/fake-io.ts";
import { type FakeServer, fakeServer, problem } from "./testing/fake-server.ts";
import { runWith } from "./testing/run-cli.ts";
import { salesYaml } from "./testing/samples.ts";

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
  const sent = server.asked[1]?.body as { services: { metadata: object }[] } | undefined;
  assert.deepEqual(sent?.services[0]?.metadata, { name: "sales" });
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
  assert.ok(server.asked.every(({ url }) => url.includes("dryRun=true")));
});

test("of many services the one that is refused is told, with its line, even when quiet", async () => {
  const note = { cluster: "west", set: null, level: "tells", code: "x", text: "a note" };
  const gone = { cluster: "west", set: "items", level: "blocks", code: "set-missing", text: "it is gone" };
  server.answers.set("POST /api/v1/services", () => ({
    dryRun: true,
    blocked: true,
    services: [
      { name: "sales", action: "created", findings: [note], revision: null },
      { name: "other", action: "created", findings: [note, gone], revision: null },
    ],
  }));
  const other = salesYaml.replace("name: sales", "name: other");
  const io = fakeIo(server.url);
  io.files.set("s.yaml", `${salesYaml}---\n${other}`);
  const { code, out, err } = await run("service apply -f s.yaml -q", io);
  assert.deepEqual([code, out], [6, ""]);
  assert.equal(err, "s.yaml:28:13: service other, created:\n  ✘ refused  west, items: it is gone\n");
});

const estimate = {
  sets: [
    { set: "orders", files: 2000, directories: 12, bytes: 80_000_000, spaceBytes: 240_000_000 },
    { set: "items", files: 5, directories: 1, bytes: 1000, spaceBytes: 3000 },
  ],
  copies: {
    sets: ["orders"],
    files: 2000,
    directories: 12,
    bytes: 80_000_000,
    neededBytes: 240_000_000,
    setAsideBytes: { one: 1, most: 2 },
    durationMs: 26_500,
  },
  freeBytes: 4e12,
  rate: { filesPerSecond: 80, bytesPerSecond: 52_428_800, from: "assumed", runs: 0 },
};

test("check measures a file or a stored service, and says what its figures rest on", async () => {
  const service = { name: "sales", action: "created", findings: [], estimate, revision: null };
  server.answers.set("POST /api/v1/services", () => ({ dryRun: true, blocked: false, services: [service] }));
  const measured = { ...estimate, rate: { ...estimate.rate, from: "measured", runs: 3 } };
  server.answers.set("POST /api/v1/services/sales/check", () => ({
    blocked: false,
    findings: [],
    estimate: measured,
  }));
  const io = fakeIo(server.url);
  io.files.set("s.yaml", salesYaml);
  const ofFile = await run("service check s.yaml", io);
  assert.equal(ofFile.code, 0);
  assert.equal(
    ofFile.out,
    [
      "service sales",
      "  · size  orders: 2,000 files, 12 directories, 76.3 MiB",
      "  · size  items: 5 files, 1 directories, 1000 B; the last point holds it already",
      "  · space  229 MiB needed on the secondary, replicas counted; 3.6 TiB free",
      "  · first run  2,000 files, 76.3 MiB: about 26.5 s (80 small files a second or 50.0 MiB/s, assumed)",
      "",
    ].join("\n"),
  );
  assert.match(server.asked[0]?.url ?? "", /dryRun=true&measure=true$/);
  assert.match((await run("service check sales")).out, /measured over the last 3 run\(s\) of the pair\)\n$/);
  const whole = { ...estimate, copies: { ...estimate.copies, sets: [] } };
  server.answers.set("POST /api/v1/services/sales/check", () => ({
    blocked: false,
    findings: [],
    estimate: whole,
  }));
  assert.match((await run("service check sales")).out, /next run {2}copies only what has changed/);
  assert.equal((await run("service check sales -f s.yaml", io)).code, 2);
});

test("a cluster's check tells each line with its cause and the fix, and fails when one has failed", async () => {
  const line = { about: "agent", level: "ok", text: "west is connected", code: null, fix: null };
  const failed = {
    about: "reach",
    level: "failed",
    text: "no answer within 5000 ms",
    code: "cluster-unreachable",
    fix: "See that the NameNode runs.",
  };
  const figures = {
    answeredMs: null,
    hadoop: null,
    agent: "0.1.0",
    protocol: 1,
    user: "coeval",
    superuser: null,
    snapshottable: null,
    capacityBytes: null,
    usedBytes: null,
    remainingBytes: null,
    clock: null,
  };
  const answer = (ok: boolean, lines: object[]) => () => ({ cluster: "west", ok, lines, figures });
  server.answers.set("POST /api/v1/clusters/west/check", answer(false, [line, failed]));
  const { code, out, err } = await run("cluster check west");
  assert.equal(code, 1);
  assert.equal(
    out,
    "✔ ok       agent     west is connected\n" +
      "✘ failed   reach     cluster-unreachable: no answer within 5000 ms\n" +
      "                     → See that the NameNode runs.\n",
  );
  assert.equal(err, "west cannot be used as it is: 1 failed, 0 warning(s)\n");
  const asJson = await run("cluster check west -o json");
  assert.deepEqual([asJson.code, JSON.parse(asJson.out).lines.length], [1, 2]);
  server.answers.set("POST /api/v1/clusters/west/check", answer(true, [line, { ...line, level: "warning" }]));
  const well = await run("cluster check west");
  assert.deepEqual([well.code, well.err], [0, "west can be used; 1 warning(s)\n"]);
});
