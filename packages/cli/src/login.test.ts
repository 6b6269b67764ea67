// Login over real https: who is spoken to is proven first, and the token stays with its owner.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { authorityFingerprint, otherAuthority } from "./fixtures/tls.ts";
import { type FakeIo, fakeIo } from "./testing/fake-io.ts";
import { type FakeServer, fakeServer } from "./testing/fake-server.ts";
import { runWith } from "./testing/run-cli.ts";

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
