import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { HdfsError, isHdfsError } from "../errors.ts";
import { CLIENT_PROTOCOL } from "../namenode/protocol.ts";
import { ClientNamenodeProtocol } from "../proto/generated/client_namenode_pb.ts";
import { DeleteResponseProtoSchema } from "../proto/generated/tree_calls_pb.ts";
import { ATTEMPTS_MAX, createRpcClient, type RpcClient, type RpcOptions } from "./client.ts";
import { CALLS_UNDER_WAY_MAX, type Silence } from "./connection.ts";
import { lengthPrefix, REQUEST_BYTES_MAX } from "./frame.ts";
import type { RpcIdentity } from "./identity.ts";
import { type Heard, type Reply, type Script, scriptedServers } from "./scripted-servers.ts";

const DONE: Reply = {
  kind: "answer",
  message: toBinary(DeleteResponseProtoSchema, create(DeleteResponseProtoSchema, { result: true })),
};
const STANDBY: Reply = {
  kind: "exception",
  javaClass: "org.apache.hadoop.ipc.StandbyException",
  text: "Operation category WRITE is not supported in state standby. Visit https://s.apache.org/sbnn-error",
};
const CUT: Reply = { kind: "cut" };
const ONE = [{ host: "nn1", port: 8020 }];
const PAIR = [...ONE, { host: "nn2", port: 8020 }];

function setUp(script: Script, options: Partial<RpcOptions> = {}) {
  const { world, heard, refusing } = scriptedServers(script);
  const identity = { kind: "simple", user: "alice" } as const;
  const all = { servers: ONE, protocol: CLIENT_PROTOCOL, identity, ...options };
  const client = createRpcClient(world, all);
  const calls = (): Heard[] => heard.filter(({ method }) => method !== "");
  return { world, client, calls, heard, refusing };
}

const deletion = (
  client: RpcClient,
  src = "/x",
  cancel?: AbortSignal,
): Promise<{ readonly result: boolean }> =>
  client.ask(ClientNamenodeProtocol.method.delete, { src, recursive: true }, { path: src, cancel });

const failing = (promise: Promise<unknown>): Promise<HdfsError> =>
  promise.then(
    () => assert.fail("it succeeded"),
    (error: unknown) => (error instanceof HdfsError ? error : assert.fail(String(error))),
  );

describe("one server", () => {
  test("calls share a connection, and each gets its own answer, whatever the order", async () => {
    const held: (() => void)[] = [];
    const { world, client, calls } = setUp(() => new Promise((resolve) => held.push(() => resolve(DONE))));
    const asked = [deletion(client, "/a"), deletion(client, "/b"), deletion(client, "/c")];
    await world.clock.settle();
    for (const let_go of held.toReversed()) let_go();
    await world.clock.run(Promise.all(asked));
    assert.deepEqual(
      calls().map(({ callId }) => callId),
      [0, 1, 2],
    );
    assert.deepEqual(new Set(calls().map(({ connection }) => connection)), new Set([1]));
  });

  test("a lost answer is asked for again under the same name, so that it is not done twice", async () => {
    let cuts = 2;
    const { world, client, calls } = setUp(() => (cuts-- > 0 ? CUT : DONE));
    assert.equal((await world.clock.run(deletion(client))).result, true);
    assert.deepEqual(
      calls().map(({ callId, retryCount, connection }) => [callId, retryCount, connection]),
      [
        [0, 0, 1],
        [0, 1, 2],
        [0, 2, 3],
      ],
    );
    assert.equal(new Set(calls().map(({ clientId }) => clientId)).size, 1);
  });

  test("it is not asked for ever, and the error says that it may be done", async () => {
    const { world, client, calls } = setUp(() => CUT);
    const error = await world.clock.run(failing(deletion(client)));
    assert.deepEqual([error.code, error.maybeDone, error.retry], ["connectionLost", true, "now"]);
    assert.equal(calls().length, ATTEMPTS_MAX);
  });

  test("where nothing listens nothing was done, and nothing is repeated", async () => {
    const { world, client, refusing } = setUp(() => DONE);
    refusing.add("nn1:8020");
    const error = await world.clock.run(failing(deletion(client)));
    assert.deepEqual([error.code, error.maybeDone], ["unreachable", false]);
  });

  test("a server's exception is translated, its first lines kept and its stack trace left out", async () => {
    const text =
      'Cannot delete /x. Name node is in safe mode.\nUse "hdfs dfsadmin -safemode leave".\n\tat a.b.C(D.java:1)';
    const javaClass = "org.apache.hadoop.hdfs.server.namenode.SafeModeException";
    const { world, client, calls } = setUp(() => ({ kind: "exception", javaClass, text }));
    const error = await world.clock.run(failing(deletion(client)));
    assert.deepEqual([error.code, error.operation, error.path], ["safeMode", "delete", "/x"]);
    assert.match(error.message, /safe mode\. Use "hdfs dfsadmin -safemode leave"\. \(safeMode\)$/);
    assert.equal(calls().length, 1);
  });

  test("silence ends the call, and with it the connection; a ping went before", async () => {
    const { world, client, calls, heard } = setUp(() => ({ kind: "silence" }), { callMsMax: 25_000 });
    const error = await world.clock.run(failing(deletion(client)));
    assert.deepEqual([error.code, error.maybeDone], ["timeout", true]);
    assert.equal(world.clock.elapsedMs(), 25_000);
    assert.equal(calls().length, 1);
    assert.ok(
      heard.some(({ callId }) => callId === -4),
      "a ping was sent",
    );
  });

  test("who is waited for is told while it keeps silent, and not before", async () => {
    const told: string[] = [];
    const onSilence = ({ server, method, waitedMs }: Silence): void =>
      void told.push(`${server} ${method} ${waitedMs}`);
    const { world, client } = setUp(() => ({ kind: "silence" }), { callMsMax: 25_000, onSilence });
    const error = await world.clock.run(failing(deletion(client)));
    assert.equal(error.reason, "no answer of nn1:8020 within 25000 ms");
    assert.deepEqual(told, ["nn1:8020 delete 10000", "nn1:8020 delete 20000"]);
    const quick: string[] = [];
    const well = setUp(() => DONE, { onSilence: ({ method }) => void quick.push(method) });
    await well.world.clock.run(deletion(well.client));
    assert.deepEqual(quick, []);
  });

  test("one late call does not take the others' connection away", async () => {
    const { world, client, calls } = setUp(({ callId }) => (callId === 0 ? { kind: "silence" } : DONE), {
      callMsMax: 25_000,
    });
    const late = failing(deletion(client, "/late"));
    await world.clock.settle();
    await world.clock.run(world.clock.sleep(20_000));
    await world.clock.run(deletion(client));
    const error = await world.clock.run(late);
    assert.equal(error.code, "timeout");
    await world.clock.run(deletion(client));
    assert.deepEqual(new Set(calls().map(({ connection }) => connection)), new Set([1]));
  });

  test("cancelling ends the wait with the caller's own reason", async () => {
    const { world, client } = setUp(({ callId }) => (callId === 0 ? { kind: "silence" } : DONE));
    const controller = new AbortController();
    const asked = deletion(client, "/x", controller.signal);
    await world.clock.settle();
    controller.abort(new Error("enough"));
    await assert.rejects(world.clock.run(asked), /enough/);
    assert.equal((await world.clock.run(deletion(client))).result, true);
  });

  test("no more calls are under way than may be; the others wait their turn", async () => {
    const held: (() => void)[] = [];
    const { world, client, calls } = setUp(() => new Promise((resolve) => held.push(() => resolve(DONE))));
    const extra = 5;
    const asked = Array.from({ length: CALLS_UNDER_WAY_MAX + extra }, () => deletion(client));
    await world.clock.settle();
    assert.equal(calls().length, CALLS_UNDER_WAY_MAX);
    for (const go of held.splice(0, 2)) go();
    await world.clock.settle();
    assert.equal(calls().length, CALLS_UNDER_WAY_MAX + 2);
    while (held.length > 0) {
      for (const go of held.splice(0)) go();
      await world.clock.settle();
    }
    assert.equal((await world.clock.run(Promise.all(asked))).length, CALLS_UNDER_WAY_MAX + extra);
  });

  test("what does not speak the protocol is named as such, and a broken answer after good ones too", async () => {
    const http = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n");
    const web = setUp(() => ({ kind: "bytes", bytes: http }));
    assert.equal((await web.world.clock.run(failing(deletion(web.client)))).code, "notANameNode");
    const kerberos = { kind: "kerberos", serverPrincipal: "nn/_HOST@R" } as unknown as RpcIdentity;
    const stream = { read: async () => http, write: async () => {}, close: () => {} };
    const streams = { connect: async () => stream };
    const proving = {
      world: web.world,
      client: createRpcClient(
        { ...web.world, streams },
        { servers: ONE, protocol: CLIENT_PROTOCOL, identity: kerberos },
      ),
    };
    const unproven = await proving.world.clock.run(failing(deletion(proving.client)));
    assert.equal(unproven.code, "notANameNode");
    assert.match(unproven.message, /nn1:8020 does not speak Hadoop's RPC/);
    const lying = setUp(({ callId }) =>
      callId === 0 ? DONE : { kind: "bytes", bytes: Uint8Array.of(...lengthPrefix(3), 0x7f, 1, 2) },
    );
    await lying.world.clock.run(deletion(lying.client));
    const error = await lying.world.clock.run(failing(deletion(lying.client)));
    assert.match(error.message, /sent what is no answer/);
  });

  test("an answer that lacks what it must have is malformed", async () => {
    const { world, client } = setUp(() => ({ kind: "answer", message: new Uint8Array() }));
    const error = await world.clock.run(failing(deletion(client)));
    assert.equal(error.code, "malformedAnswer");
    assert.match(error.message, /DeleteResponseProto: lacks result/);
  });

  test("a refusal of the whole connection reaches every call on it", async () => {
    const { world, client } = setUp(() => ({
      kind: "exception",
      javaClass: "org.apache.hadoop.security.AccessControlException",
      text: "SIMPLE authentication is not enabled.  Available:[TOKEN, KERBEROS]",
      fatal: true,
    }));
    const errors = await world.clock.run(Promise.all([failing(deletion(client)), failing(deletion(client))]));
    assert.deepEqual(
      errors.map(({ code }) => code),
      ["authentication", "authentication"],
    );
  });

  test("a call longer than a server takes is not sent", async () => {
    const { world, client, calls } = setUp(() => DONE);
    const error = await world.clock.run(failing(deletion(client, "/".repeat(REQUEST_BYTES_MAX))));
    assert.deepEqual([error.code, error.maybeDone], ["limitExceeded", false]);
    assert.equal(calls().length, 0);
  });

  test("closing fails what is under way", async () => {
    const { world, client } = setUp(() => ({ kind: "silence" }));
    const asked = failing(deletion(client));
    await world.clock.settle();
    client.close();
    assert.equal((await world.clock.run(asked)).code, "connectionLost");
  });
});

describe("a pair of servers", () => {
  test("the standby sends the call on to the active one, where it stays", async () => {
    const script: Script = ({ server }) => (server === "nn1:8020" ? STANDBY : DONE);
    const { world, client, calls } = setUp(script, { servers: PAIR });
    await world.clock.run(deletion(client));
    await world.clock.run(deletion(client));
    assert.deepEqual(
      calls().map(({ server, callId, retryCount }) => [server, callId, retryCount]),
      [
        ["nn1:8020", 0, 0],
        ["nn2:8020", 0, 1],
        ["nn2:8020", 1, 0],
      ],
    );
    assert.equal(world.clock.elapsedMs(), 0, "the first move is made at once");
    assert.equal(client.server, "nn2:8020");
  });

  test("an answer lost with the active one is asked of the other under the same name", async () => {
    const { world, client, calls, refusing } = setUp(
      ({ server }) => {
        if (server === "nn2:8020") return DONE;
        refusing.add("nn1:8020");
        return CUT;
      },
      { servers: PAIR },
    );
    assert.equal((await world.clock.run(deletion(client))).result, true);
    assert.deepEqual(
      calls().map(({ server, callId, retryCount }) => [server, callId, retryCount]),
      [
        ["nn1:8020", 0, 0],
        ["nn2:8020", 0, 1],
      ],
    );
  });

  test("a switch is waited for", async () => {
    let active = "none";
    const script: Script = ({ server }) => (server === active ? DONE : STANDBY);
    const { world, client } = setUp(script, { servers: PAIR });
    const asked = deletion(client);
    const switched = world.clock.sleep(20_000).then(() => {
      active = "nn1:8020";
    });
    await world.clock.run(Promise.all([asked, switched]));
    assert.ok(world.clock.elapsedMs() < 25_000);
  });

  test("with none active each is quoted, after the time that was given", async () => {
    const { world, client, refusing } = setUp(() => STANDBY, { servers: PAIR, failoverMsMax: 30_000 });
    refusing.add("nn1:8020");
    const error = await world.clock.run(failing(deletion(client)));
    assert.ok(isHdfsError(error, "standby"));
    assert.match(
      error.reason,
      /none of 2 NameNodes is active: nn1:8020: no connection.*; nn2:8020: Operation category/,
    );
    assert.equal(error.maybeDone, false);
    assert.ok(world.clock.elapsedMs() >= 30_000 && world.clock.elapsedMs() < 35_000);
  });

  test("a hanging active one is left for the other", async () => {
    const script: Script = ({ server }) => (server === "nn1:8020" ? { kind: "silence" } : DONE);
    const { world, client } = setUp(script, { servers: PAIR, callMsMax: 100_000 });
    await world.clock.run(deletion(client));
    assert.equal(world.clock.elapsedMs(), 100_000);
  });

  test("what the active one refuses is not asked of the other", async () => {
    const javaClass = "org.apache.hadoop.security.AccessControlException";
    const text = "Permission denied: user=alice";
    const { world, client, calls } = setUp(() => ({ kind: "exception", javaClass, text }), { servers: PAIR });
    assert.equal((await world.clock.run(failing(deletion(client)))).code, "accessControl");
    assert.equal(calls().length, 1);
  });
});
