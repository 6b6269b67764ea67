// Live views: a run is followed to its end, the general stream is resumed, silence is broken by heartbeats.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HEARTBEAT_MS } from "@coeval/contract/api/event";
import { fixture, salesDocument } from "./testing/fixture.ts";
import { sampleRun } from "./testing/sample-run.ts";

async function withRun() {
  const set = await fixture();
  const headers = await set.as("operator");
  const payload = { services: [salesDocument()] };
  await set.api.inject({ method: "POST", url: "/api/v1/services", headers, payload });
  await set.api.inject({ method: "POST", url: "/api/v1/services/sales/protect", headers, payload: {} });
  const service = set.control.serviceRecords.get("sales")?.service;
  assert.ok(service);
  const become = (phase: "sending" | "done") => {
    set.control.runRecords.set("run-1", sampleRun("run-1", service, null, { phase }));
    set.control.tell("run/run-1");
  };
  return { ...set, headers, become };
}

/** Reads a stream until what has come matches. */
async function readUntil(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (pattern.test(text)) return text;
  }
  return `${text}<end>`;
}

test("a run's stream shows it whole at each change and ends after its end", async () => {
  const { api, headers, become } = await withRun();
  const answer = await api.inject({ url: "/api/v1/runs/run-1/events", headers, payloadAsStream: true });
  assert.match(String(answer.headers["content-type"]), /^text\/event-stream/);
  const whole = readUntil(answer.stream(), /<never>/);
  become("sending");
  await api.inject({ url: "/livez" });
  become("done");
  const text = await whole;
  const phases = [...text.matchAll(/"phase":"(\w+)"/g)].map((match) => match[1]);
  assert.equal(phases.at(-1), "done");
  assert.equal(phases[0], "opening");
  assert.match(text, /event: run\ndata: \{"now":"2026-11-21T10:00:00\.000Z","run":/);
  assert.match(text, /<end>$/);
});

test("the general stream goes on after the last event that arrived", async () => {
  const { api, control, as } = await withRun();
  for (const object of ["run/run-1", "point/point-1", "run/run-2"]) control.tell(object);
  const headers = { ...(await as("viewer")), "last-event-id": "1" };
  const answer = await api.inject({ url: "/api/v1/events", headers, payloadAsStream: true });
  const text = await readUntil(answer.stream(), /run-2/);
  assert.deepEqual(
    [...text.matchAll(/^id: (\d+)/gm)].map((match) => match[1]),
    ["2", "3"],
  );
  assert.ok(!text.includes('"object":"run/run-1"'));
});

test("silence is broken by a comment, so that a dead connection shows", async () => {
  const { api, world, as } = await withRun();
  const answer = await api.inject({
    url: "/api/v1/events",
    headers: await as("viewer"),
    payloadAsStream: true,
  });
  const text = readUntil(answer.stream(), /: still here/);
  for (let turn = 0; turn < 20; turn++) {
    await api.inject({ url: "/livez" });
    world.advance(HEARTBEAT_MS / 10);
  }
  assert.match(await text, /: still here/);
});

test("a run that is none is refused before any stream", async () => {
  const { api, headers } = await withRun();
  const answer = await api.inject({ url: "/api/v1/runs/run-none/events", headers });
  assert.equal(answer.statusCode, 404);
  assert.equal(answer.json().code, "not-found");
});
