import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { after, test } from "node:test";
import { createClock } from "../clock.ts";
import { createRandom } from "../random.ts";
import { replyTo, type Responder, startResponder } from "../testing/ntp-responder.ts";
import { ANSWER_MS_MAX, openTimeSource, SILENT_MAX } from "./time-source.ts";

const world = { clock: createClock(), random: createRandom() };
const open: Responder[] = [];
after(() => Promise.all(open.map((one) => one.close())));

async function responder(...given: Parameters<typeof startResponder>): Promise<Responder> {
  const made = await startResponder(...given);
  open.push(made);
  return made;
}

const sourceOf = ({ host, port }: Responder) => openTimeSource(world, `ntp://${host}:${port}`);
/** A port of this machine on which nobody listens. */
async function deadPort(): Promise<number> {
  const gone = await startResponder(() => []);
  await gone.close();
  return gone.port;
}

test("one question brings the server's times between the elapsed times of asking and answering, and who it was", async () => {
  const server = await responder((question) => [
    replyTo(question, { receivedMs: 1_800_000_000_000.5, rootDelaySeconds: 0.5 }),
  ]);
  const before = world.clock.elapsedMs();
  const answer = await sourceOf(server).exchange();
  assert.ok(answer.kind === "time");
  const { askedElapsedMs, answeredElapsedMs } = answer;
  assert.ok(before <= askedElapsedMs && askedElapsedMs < answeredElapsedMs);
  assert.ok(answeredElapsedMs <= world.clock.elapsedMs());
  assert.equal(Math.round(answer.receivedMs * 100), 180_000_000_000_050);
  assert.deepEqual(answer.server, {
    asked: `ntp://127.0.0.1:${server.port}`,
    address: `127.0.0.1:${server.port}`,
    referenceId: "7F7F0101",
    stratum: 2,
    utcErrorMs: 250,
  });
});

test("every question has another cookie; forged answers before the true one change nothing, too many end the question", async () => {
  const cookies = new Set<string>();
  const forged = (question: Buffer) => replyTo(question, { cookie: Buffer.alloc(8, 1), receivedMs: 0 });
  const server = await responder((question) => {
    cookies.add(question.subarray(40).toString("hex"));
    return [forged(question), Buffer.from("x"), replyTo(question)];
  });
  for (let i = 0; i < 5; i++) {
    const answer = await sourceOf(server).exchange();
    assert.ok(answer.kind === "time" && Math.round(answer.receivedMs) === 1_800_000_000_000);
  }
  assert.equal(cookies.size, 5);
  const guesser = await responder((question) => Array.from({ length: 40 }, () => forged(question)));
  await assert.rejects(sourceOf(guesser).exchange(), { code: "clock-source", message: /32 datagrams came/ });
});

test("an answer from another address is not heard, and silence ends after its time", async (t) => {
  const stranger = createSocket("udp4");
  t.after(() => stranger.close());
  const heard = Promise.withResolvers<void>();
  const server = await responder((question, _number, from) => {
    stranger.send(replyTo(question), from.port, from.address, () => heard.resolve());
    return [];
  });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const told = assert.rejects(sourceOf(server).exchange(), {
    code: "clock-source",
    message: /no answer within 2000 ms/,
  });
  await heard.promise;
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(ANSWER_MS_MAX);
  await told;
});

test("a refusal is told as one; a server that is not synchronised, and one that is not there, are failures that name it", async () => {
  const denying = await responder((question) => [
    replyTo(question, { first: 0xe4, stratum: 0, reference: "RATE" }),
  ]);
  assert.deepEqual(await sourceOf(denying).exchange(), {
    kind: "refused",
    code: "RATE",
    address: `127.0.0.1:${denying.port}`,
  });
  const lost = await responder((question) => [replyTo(question, { stratum: 16 })]);
  await assert.rejects(sourceOf(lost).exchange(), {
    code: "clock-source",
    message: `ntp://127.0.0.1:${lost.port}: it is not synchronised (stratum 16)`,
  });
  await assert.rejects(openTimeSource(world, `ntp://127.0.0.1:${await deadPort()}`).exchange(), {
    code: "clock-source",
    message: /ECONNREFUSED/,
  });
});

test("a name is resolved once, and anew when its address has stopped answering", async () => {
  const server = await responder((question) => [replyTo(question)]);
  const asked: string[] = [];
  const places = ["127.0.0.9", "127.0.0.1"];
  const resolve = async (host: string): Promise<string> => {
    asked.push(host);
    return places.shift() ?? "127.0.0.1";
  };
  const source = openTimeSource({ ...world, resolve }, `ntp://Time.Example:${server.port}`);
  for (let i = 0; i < SILENT_MAX; i++)
    await assert.rejects(source.exchange(), /time\.example.* at 127\.0\.0\.9/);
  for (let i = 0; i < 3; i++) assert.equal((await source.exchange()).kind, "time");
  assert.deepEqual(asked, ["time.example", "time.example"]);
  const lost = openTimeSource(
    { ...world, resolve: () => Promise.reject(new Error("ENOTFOUND")) },
    "ntp://nowhere",
  );
  await assert.rejects(lost.exchange(), {
    code: "clock-source",
    message: "the name nowhere is not resolved: Error: ENOTFOUND",
  });
});

test("a question is cancelled with the signal's reason", async () => {
  const silent = await responder(() => []);
  const cancel = new AbortController();
  const exchange = sourceOf(silent).exchange(cancel.signal);
  const reason = new Error("stopping");
  cancel.abort(reason);
  await assert.rejects(exchange, reason);
});
