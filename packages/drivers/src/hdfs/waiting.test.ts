import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileSystem } from "./file-system.ts";
import { probeCluster } from "./probe.ts";
import { createWaiting, RECENT_MS } from "./waiting.ts";

function setUp() {
  const time = { ms: 0 };
  const lines: string[] = [];
  const log = {
    warn: (event: string, fields: object = {}) => void lines.push(`${event} ${JSON.stringify(fields)}`),
  };
  const waiting = createWaiting({ elapsedMs: () => time.ms }, log);
  const standby = { server: "nn1:8020", code: "standby", reason: "it stands by" } as const;
  const down = { server: "nn2:8020", code: "unreachable", reason: "nothing listens" } as const;
  return { time, lines, waiting, standby, down };
}

test("with nothing heard, the one that is asked is named", () => {
  const { waiting } = setUp();
  assert.deepEqual(waiting.for("nn1:8020"), {
    text: "the NameNode nn1:8020 does not answer",
    code: "cluster-unreachable",
  });
});

test("what each of a pair said last is told, as long as it is recent", () => {
  const { time, waiting, standby, down } = setUp();
  waiting.onFailedTry(standby);
  waiting.onFailedTry(down);
  assert.deepEqual(waiting.for("nn1:8020"), {
    text: "nn1:8020: it stands by; nn2:8020: nothing listens",
    code: "no-active-namenode",
  });
  time.ms = RECENT_MS;
  waiting.onFailedTry(down);
  time.ms = RECENT_MS + 1;
  assert.equal(waiting.for("nn1:8020").code, "cluster-unreachable", "the other's word is old");
});

test("the log tells of it once in a while, and of silence each time", () => {
  const { time, lines, waiting, standby } = setUp();
  for (time.ms = 0; time.ms <= RECENT_MS; time.ms += 1000) waiting.onFailedTry(standby);
  assert.equal(lines.length, 2, lines.join("\n"));
  waiting.onSilence({ server: "nn1:8020", method: "create", waitedMs: 10_000.4 });
  assert.equal(lines[2], 'NameNode silent {"server":"nn1:8020","method":"create","waitedMs":10000}');
});

test("a probe that is given up says whom it waited for", async () => {
  const late = new AbortController();
  const hung = (): Promise<never> =>
    new Promise((_, reject) =>
      late.signal.addEventListener("abort", () => reject(late.signal.reason as Error)),
    );
  const waitingFor = () => ({ text: "nn1:8020: it stands by", code: "no-active-namenode" as const });
  const fs = { state: hung, waitingFor } as unknown as FileSystem;
  const probed = probeCluster(fs, late.signal);
  late.abort(new Error("no answer within 5000 ms"));
  const { reachable, cause, code } = await probed;
  assert.deepEqual(
    [reachable, cause, code],
    [false, "no answer within 5000 ms: nn1:8020: it stands by", "no-active-namenode"],
  );
});
