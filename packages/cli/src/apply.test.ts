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
