import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunLine } from "@coeval/core/model/run-line";
import type { Instruction, Outcome } from "@coeval/core/protect/instruction";
import type { RunEvent } from "@coeval/core/protect/run";
import { createDispatcher, RESEND_MS_MAX, RESEND_MS_MIN } from "./dispatcher.ts";
import type { Link, ToAgent } from "./link.ts";
import type { Answer } from "./save-step.ts";
import { createTasks } from "./tasks.ts";
import { createFakeTime } from "./testing/fake-clock.ts";
import { createFakeWorld } from "./testing/fake-world.ts";

const verify: Instruction = {
  id: "run-1/verify/target",
  run: "run-1",
  service: "orders",
  cluster: "west",
  role: "secondary",
  epoch: 1,
  identity: null,
  order: { step: "verify" },
};
const verified: Outcome = { ok: true, result: { step: "verify", files: 1, bytes: 1 } };

function setUp() {
  const time = createFakeTime(0);
  const world = createFakeWorld(time.process(), 1);
  const links = new Map<string, Link>();
  const sent: ToAgent[] = [];
  const fed: { event: RunEvent; answer: Answer | null; lines: readonly RunLine[] }[] = [];
  const audited: string[] = [];
  let failing = false;
  const strangers = new Set<Link>();
  const dispatcher = createDispatcher(world, {
    tasks: createTasks(world),
    records: {
      write: (work) =>
        work({
          audit: async (who: string, what: string, object: string) =>
            audited.push(`${who} ${what} ${object}`),
        } as never),
    },
    linkOf: (cluster) => links.get(cluster) ?? null,
    termOf: (link) => (strangers.has(link) ? null : 1),
    check: (_run, outcome) => outcome,
    async feed(_run, event, answer, lines) {
      if (failing) throw new Error("the disk is full");
      fed.push({ event, answer, lines });
    },
  });
  const connect = (cluster: string, queued = () => 0): Link => {
    const link = {
      peer: { kind: "agent", cluster, agent: cluster, fingerprint: cluster },
      who: `agent:${cluster}/${cluster}`,
      get queued() {
        return queued();
      },
      send: (message: ToAgent) => sent.push(message),
    } as unknown as Link;
    links.set(cluster, link);
    dispatcher.connected(link);
    return link;
  };
  return {
    time,
    dispatcher,
    connect,
    links,
    strangers,
    sent,
    fed,
    audited,
    fail: (is: boolean) => (failing = is),
  };
}

test("an instruction waits for its agent, comes with the connection, and again until it is answered", async () => {
  const { time, dispatcher, connect, sent, fed } = setUp();
  dispatcher.send(verify);
  await time.advance(10_000);
  assert.equal(sent.length, 0);
  const link = connect("west");
  assert.equal(sent.length, 1);
  await time.advance(RESEND_MS_MIN + 500);
  assert.equal(sent.length, 2);
  await time.advance(60_000);
  const before = sent.length;
  await time.advance(RESEND_MS_MAX + 500);
  assert.equal(sent.length, before + 1, "repeats come every RESEND_MS_MAX in the end");
  await dispatcher.answered(link, verify.id, verified);
  await time.advance(60_000);
  assert.equal(sent.length, before + 1);
  assert.equal(fed.length, 1);
  assert.deepEqual(fed[0]?.answer, { instruction: verify.id, outcome: verified, who: "agent:west/west" });
});

test("a repeated answer, and one to what was never ordered or was withdrawn, means nothing", async () => {
  const { dispatcher, connect, fed } = setUp();
  const link = connect("west");
  dispatcher.send(verify);
  await dispatcher.answered(link, verify.id, verified);
  await dispatcher.answered(link, verify.id, verified);
  await dispatcher.answered(link, "run-9/verify/target", verified);
  dispatcher.send({ ...verify, id: "run-2/verify/target", run: "run-2" });
  dispatcher.withdraw("run-2");
  await dispatcher.answered(link, "run-2/verify/target", verified);
  assert.equal(fed.length, 1);
  assert.equal(dispatcher.open, 0);
});

test("what an agent says that acts no more has no effect; the one that took over is sent the instruction, and answers", async () => {
  const { dispatcher, connect, strangers, sent, fed } = setUp();
  const before = connect("west");
  dispatcher.send(verify);
  strangers.add(before);
  const { length } = sent;
  const now = connect("west");
  assert.equal(sent.length, length + 1);
  await dispatcher.answered(before, verify.id, {
    ok: false,
    failure: { code: "torn", message: "late", evidence: [] },
  });
  assert.equal(fed.length, 0);
  await dispatcher.answered(now, verify.id, verified);
  assert.equal(fed.length, 1);
});

test("an agent of another cluster that answers is refused and audited, and its answer has no effect", async () => {
  const { dispatcher, connect, fed, audited } = setUp();
  connect("west");
  const foreign = connect("east");
  dispatcher.send(verify);
  await assert.rejects(dispatcher.answered(foreign, verify.id, verified), { code: "not-allowed" });
  const progress = { doing: "x", filesDone: 0, filesTotal: null, bytesDone: 0, bytesTotal: null };
  await assert.rejects(dispatcher.reported(foreign, verify.id, { kind: "progress", progress }), {
    code: "not-allowed",
  });
  assert.equal(fed.length, 0);
  assert.equal(dispatcher.open, 1);
  assert.deepEqual(audited, [
    "agent:east/east instruction.refuse-answer instruction/run-1/verify/target",
    "agent:east/east instruction.refuse-answer instruction/run-1/verify/target",
  ]);
});

test("an answer with another step's result is refused", async () => {
  const { dispatcher, connect } = setUp();
  const link = connect("west");
  dispatcher.send(verify);
  const wrong: Outcome = { ok: true, result: { step: "release" } };
  await assert.rejects(dispatcher.answered(link, verify.id, wrong), { code: "protocol" });
  assert.equal(dispatcher.open, 1);
});

test("an answer that could not be stored is asked for again", async () => {
  const { time, dispatcher, connect, sent, fed, fail } = setUp();
  const link = connect("west");
  dispatcher.send(verify);
  fail(true);
  await assert.rejects(dispatcher.answered(link, verify.id, verified), /disk is full/);
  fail(false);
  await time.advance(RESEND_MS_MIN + 500);
  assert.equal(sent.length, 2);
  await dispatcher.answered(link, verify.id, verified);
  assert.equal(fed.length, 1);
});

test("a link that takes nothing is not given more and more", async () => {
  const { time, dispatcher, connect, sent } = setUp();
  connect("west", () => 64);
  dispatcher.send(verify);
  await time.advance(120_000);
  assert.equal(sent.length, 0);
});

test("an agent's lines come with its report and its answer, each with the side and cluster that the instruction names", async () => {
  const { dispatcher, connect, fed } = setUp();
  const link = connect("west");
  dispatcher.send(verify);
  const progress = {
    doing: "reading back",
    filesDone: 0,
    filesTotal: null,
    bytesDone: 0,
    bytesTotal: null,
  };
  await dispatcher.reported(link, verify.id, { kind: "progress", progress }, [{ at: 7, text: "first" }]);
  await dispatcher.answered(link, verify.id, { ...verified, lines: [{ at: null, text: "last" }] });
  assert.deepEqual(
    fed.map(({ lines }) => lines),
    [[{ at: 7, text: "target west: first" }], [{ at: null, text: "target west: last" }]],
  );
  assert.deepEqual(fed[1]?.answer?.outcome, verified, "what is kept of the answer is the answer");
});
