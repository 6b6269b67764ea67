// Protect and watch before a scripted control device: waiting, broken connections, Ctrl-C.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type FakeIo, fakeIo } from "./testing/fake-io.ts";
import { type Answer, type FakeServer, fakeServer } from "./testing/fake-server.ts";
import { runWith } from "./testing/run-cli.ts";
import { doneRun, failedRun, sampleRun, sendingRun, tornRun } from "./testing/samples.ts";

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
