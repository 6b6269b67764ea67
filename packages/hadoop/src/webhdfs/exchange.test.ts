import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HdfsError } from "../errors.ts";
import type { HdfsClient } from "../hdfs/client.ts";
import { ANSWER_BYTES_MAX } from "./answer.ts";
import { createWebHdfsClient } from "./client.ts";
import { ATTEMPTS_MAX } from "./name-node.ts";
import type { WebHdfsOptions } from "./options.ts";
import { bytes, collect, contentOf, refused } from "./probes.ts";
import { type Answer, httpFailure, jsonAnswer, type Responder, replayedWorld } from "./replayed-world.ts";

const NAME_NODE = { host: "namenode", port: 9870, secure: false };
const STATUS = jsonAnswer({
  FileStatus: {
    pathSuffix: "",
    type: "FILE",
    fileId: 16_386,
    length: 5,
    owner: "o",
    group: "g",
    permission: "644",
    modificationTime: 1,
    accessTime: 2,
    replication: 1,
    blockSize: 512,
  },
});
const html = (status: number): Answer => ({
  status,
  headers: { "content-type": "text/html" },
  body: "<html>no</html>",
});

function setUp(respond: Responder, options: Partial<WebHdfsOptions> = {}) {
  const replayed = replayedWorld(respond);
  const identity = { kind: "simple", user: "alice" } as const;
  const client: HdfsClient = createWebHdfsClient(replayed.world, {
    nameNode: NAME_NODE,
    identity,
    ...options,
  });
  return {
    ...replayed,
    client,
    paths: () => replayed.sent.map(({ request }) => `${request.host}:${request.port}${request.path}`),
  };
}

/** Answers in turn; the last answer stays. */
function inTurn(...answers: readonly (Answer | Error)[]): Responder {
  let next = 0;
  return () => {
    const answer = answers[Math.min(next++, answers.length - 1)];
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error("no answer left");
    return answer;
  };
}

const liveNodes = (nodes: Readonly<Record<string, string>>): Answer =>
  jsonAnswer({
    beans: [
      {
        name: "Hadoop:service=NameNode,name=NameNodeInfo",
        LiveNodes: JSON.stringify(
          Object.fromEntries(
            Object.entries(nodes).map(([host, http]) => [
              `${host}:9866`,
              { infoAddr: http, infoSecureAddr: "10.0.0.1:0", xferaddr: `${host}:9866`, remaining: 1 },
            ]),
          ),
        ),
      },
    ],
  });

/** A NameNode that sends to `location` and lists `nodes`; DataNodes answer with `content`. */
function cluster(
  location: string,
  nodes: Readonly<Record<string, string>>,
  content: () => Answer,
): Responder {
  return (request) => {
    if (request.host !== NAME_NODE.host) return content();
    if (request.path.startsWith("/jmx")) return liveNodes(nodes);
    return jsonAnswer({ Location: location });
  };
}
const data = (text: string, length = text.length): Answer => ({
  status: 200,
  headers: { "content-type": "application/octet-stream", "content-length": String(length) },
  body: text,
});
const DN = "http://dn1:9864/webhdfs/v1/f?op=OPEN&user.name=alice&namenoderpcaddress=nn:8020";
const NODES = { dn1: "10.0.0.1:9864" };

describe("repeating", () => {
  test("a read is repeated over lost connections, with growing pauses, and no further than bounded", async () => {
    const mended = setUp(inTurn(httpFailure("reset"), httpFailure("refused"), STATUS));
    assert.equal((await mended.client.getFileStatus("/f")).lengthBytes, 5);
    assert.deepEqual(mended.sleptMs, [50, 200]);
    const lost = setUp(inTurn(httpFailure("reset")));
    await refused(lost.client.getFileStatus("/f"), "connectionLost");
    assert.equal(lost.sleptMs.length, ATTEMPTS_MAX - 1);
  });

  test("a change is repeated only when nothing was sent, or when twice is once", async () => {
    const lost = setUp(inTurn(httpFailure("reset"), jsonAnswer({ Path: "/r/.snapshot/s" })));
    const failure = await lost.client.createSnapshot("/r", "s").catch((error: unknown) => error);
    assert.ok(failure instanceof HdfsError);
    assert.deepEqual(
      [failure.code, failure.maybeDone, failure.retry, lost.sleptMs],
      ["connectionLost", true, "now", []],
    );
    const unsent = setUp(inTurn(httpFailure("refused"), jsonAnswer({ Path: "/r/.snapshot/s" })));
    assert.equal(await unsent.client.createSnapshot("/r", "s"), "/r/.snapshot/s");
    const harmless = setUp(inTurn(httpFailure("reset"), { status: 200, headers: {}, body: "" }));
    await harmless.client.setPermission("/f", 0o644);
    const renamed = setUp(inTurn(httpFailure("reset"), { status: 200, headers: {}, body: "" }));
    await refused(renamed.client.rename("/a", "/b", { overwrite: false }), "connectionLost");
  });

  test("silence is not repeated, and a refusal is not", async () => {
    const silent = setUp(inTurn(httpFailure("timeout")));
    await refused(silent.client.getFileStatus("/f"), "timeout");
    const denial = {
      status: 403,
      headers: { "content-type": "application/json" },
      body: '{"RemoteException":{"javaClassName":"x.AccessControlException","message":"no"}}',
    };
    const denied = setUp(inTurn(denial));
    await refused(denied.client.getFileStatus("/f"), "accessControl");
    assert.deepEqual([silent.sleptMs, denied.sleptMs], [[], []]);
  });
});

describe("answers that are none", () => {
  test("another server, another content, a cut or oversized text are named", async () => {
    await refused(setUp(() => html(404)).client.getFileStatus("/f"), "notANameNode");
    await refused(setUp(() => html(200)).client.getFileStatus("/f"), "notANameNode");
    await refused(setUp(() => html(302)).client.getFileStatus("/f"), "notANameNode");
    await refused(setUp(() => html(401)).client.getFileStatus("/f"), "authentication");
    await refused(setUp(() => html(403)).client.getConfiguration("k"), "accessControl");
    await refused(setUp(() => html(503)).client.getFileStatus("/f"), "serverError");
    await refused(
      setUp(() => {
        throw httpFailure("protocol");
      }).client.getFileStatus("/f"),
      "notANameNode",
    );
    const cut = { ...STATUS, body: String(STATUS.body).slice(0, -3) };
    await refused(setUp(() => cut).client.getFileStatus("/f"), "malformedAnswer");
    await refused(
      setUp(() => ({ ...STATUS, body: Uint8Array.of(0xff) })).client.getFileStatus("/f"),
      "malformedAnswer",
    );
    const huge = { ...STATUS, body: new Uint8Array(ANSWER_BYTES_MAX + 1) };
    await refused(setUp(() => huge).client.getFileStatus("/f"), "answerTooLarge");
  });

  test("a listing or a diff that does not go on ends with an error", async () => {
    const page = jsonAnswer({
      DirectoryListing: { partialListing: { FileStatuses: { FileStatus: [] } }, remainingEntries: 3 },
    });
    await refused(collect(setUp(() => page).client.listStatus("/d")), "malformedAnswer");
    const diff = jsonAnswer({
      SnapshotDiffReportListing: {
        lastPath: "a",
        lastIndex: 2,
        modifyList: [],
        createList: [],
        deleteList: [],
      },
    });
    await refused(collect(setUp(() => diff).client.getSnapshotDiffPages("/r", "s", "")), "malformedAnswer");
  });

  test("a path that cannot be sent exactly is not sent", async () => {
    const { client, sent } = setUp(() => STATUS);
    for (const path of ["f", "/a//b", "/a/", "/a/../b", "/a/./b", "/\ud800", "/a\0"])
      await refused(client.getFileStatus(path), "invalidPath");
    await refused(client.rename("/a", "b", { overwrite: false }), "invalidPath");
    assert.deepEqual(sent, []);
  });
});

describe("contents", () => {
  test("a location is followed only to a listed DataNode, and carries nothing of ours", async () => {
    const { client, paths, sent } = setUp(cluster(DN, NODES, () => data("hello")));
    assert.deepEqual(await contentOf(client, "/f", 0, 5), bytes("hello"));
    assert.deepEqual(await contentOf(client, "/f", 0, 5), bytes("hello"));
    assert.equal(paths().filter((path) => path.includes("/jmx")).length, 1, "the list is read once");
    const toDataNode = sent.find(({ request }) => request.host === "dn1")?.request;
    assert.deepEqual([toDataNode?.path, toDataNode?.headers], [DN.slice("http://dn1:9864".length), {}]);
    for (const foreign of [
      "http://evil:9864/webhdfs/v1/f",
      "http://dn1:9865/webhdfs/v1/f",
      "https://dn1:9864/webhdfs/v1/f",
      "nonsense",
    ]) {
      const { client: lured, sent: kept } = setUp(cluster(foreign, NODES, () => data("hello")));
      await refused(contentOf(lured, "/f", 0, 5), "foreignLocation");
      assert.ok(kept.every(({ request }) => request.host === NAME_NODE.host));
    }
  });

  test("what proves the caller goes to the NameNode alone", async () => {
    const authenticate = async () => ({
      headers: { authorization: "Negotiate secret" },
      query: { delegation: "token" },
    });
    const identity = { kind: "hook", authenticate } as const;
    const { client, sent } = setUp(
      cluster(DN, NODES, () => data("hello")),
      { identity },
    );
    await contentOf(client, "/f", 0, 5);
    for (const { request } of sent) {
      const secret = JSON.stringify(request).includes("secret") || request.path.includes("token");
      assert.equal(secret, request.host === NAME_NODE.host);
    }
  });

  test("fixed DataNodes and a gateway need no list; a redirect is understood as well", async () => {
    const fixed = setUp(
      cluster(DN, {}, () => data("hello")),
      { dataNodes: { kind: "fixed", addresses: ["DN1:9864"] } },
    );
    assert.deepEqual(await contentOf(fixed.client, "/f", 0, 5), bytes("hello"));
    const own = "http://namenode:9870/gateway/data/f";
    const redirect: Answer = { status: 307, headers: { location: own }, body: "" };
    const gateway = setUp(({ path }) => (path === "/gateway/data/f" ? data("hello") : redirect), {
      dataNodes: { kind: "gateway" },
    });
    assert.deepEqual(await contentOf(gateway.client, "/f", 0, 5), bytes("hello"));
    const elsewhere = setUp(
      cluster(DN, {}, () => data("hello")),
      { dataNodes: { kind: "gateway" } },
    );
    await refused(contentOf(elsewhere.client, "/f", 0, 5), "foreignLocation");
  });

  test("fewer or more bytes than asked for are errors", async () => {
    await refused(contentOf(setUp(cluster(DN, NODES, () => data("hell"))).client, "/f", 0, 5), "truncated");
    const unannounced = { ...data("hell"), headers: {} };
    await refused(contentOf(setUp(cluster(DN, NODES, () => unannounced)).client, "/f", 0, 5), "truncated");
    await refused(
      contentOf(setUp(cluster(DN, NODES, () => data("hello!"))).client, "/f", 0, 5),
      "malformedAnswer",
    );
    await refused(contentOf(setUp(() => STATUS).client, "/f", -1, 5), "invalidArgument");
  });

  test("a DataNode that cannot be reached is avoided, and its body is not sent twice", async () => {
    const nodes = { dn1: "10.0.0.1:9864", dn2: "10.0.0.2:9864" };
    const { client, sent, paths } = setUp((request) => {
      if (request.host === "dn1") throw httpFailure("refused");
      if (request.host === "dn2") return { status: 201, headers: {}, body: "" };
      if (request.path.startsWith("/jmx")) return liveNodes(nodes);
      const avoided = request.path.includes("excludedatanodes=dn1%3A9866");
      return jsonAnswer({ Location: `http://${avoided ? "dn2" : "dn1"}:9864/webhdfs/v1/f?op=CREATE` });
    });
    assert.equal(await client.create("/f", stream("he", "llo"), { permission: 0o640, overwrite: false }), 5);
    assert.deepEqual(sent.at(-1)?.body, bytes("hello"));
    assert.match(
      paths()[0] ?? "",
      /op=CREATE&permission=640&overwrite=false&noredirect=true&user\.name=alice$/,
    );
  });

  test("a write whose connection broke is not repeated, and may have happened", async () => {
    const { client, sleptMs } = setUp(
      cluster(DN, NODES, () => {
        throw httpFailure("reset");
      }),
    );
    const failure = await client
      .create("/f", bytes("x"), { permission: 0o640, overwrite: true })
      .catch((error: unknown) => error);
    assert.ok(failure instanceof HdfsError);
    assert.deepEqual([failure.code, failure.maybeDone, sleptMs], ["connectionLost", true, []]);
  });
});

async function* stream(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield bytes(piece);
}
