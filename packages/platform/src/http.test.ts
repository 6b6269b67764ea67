/** The HTTP transport against servers that behave badly in every way we know. */
import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from "node:net";
import { after, describe, test } from "node:test";
import {
  HttpFailure,
  type HttpFailureKind,
  type HttpRequest,
  nodeHttp,
  type NodeHttpOptions,
} from "./http.ts";

const closers: (() => void)[] = [];
after(() => closers.forEach((close) => close()));

function transport(options: NodeHttpOptions = {}) {
  const http = nodeHttp(options);
  closers.push(() => http.close());
  return http;
}

function listen(server: Server | TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener));

/** Whatever is sent, the socket gets `text`. */
const serveText = (text: string, end = true): Promise<number> =>
  listen(
    createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => (end ? socket.end(text) : socket.write(text)));
    }),
  );

const get = (port: number, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "GET",
  secure: false,
  host: "127.0.0.1",
  port,
  path: "/",
  headers: {},
  silenceMsMax: 5_000,
  ...more,
});

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const failsWith = (promise: Promise<unknown>, kind: HttpFailureKind): Promise<void> =>
  assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof HttpFailure, String(error));
    assert.equal(error.httpFailure, kind, error.message);
    return true;
  });

describe("requests and answers", () => {
  test("path, headers and bodies arrive as they were given", async () => {
    const seen: string[] = [];
    const port = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { "content-length": length, "transfer-encoding": encoding } = request.headers;
        seen.push(`${request.method} ${request.url} ${length ?? encoding} ${Buffer.concat(chunks).length}`);
        response.writeHead(201, { "X-One": "1" }).end("done");
      });
    });
    const http = transport();
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 10; piece++) yield new Uint8Array(100_000);
    }
    for (const body of [undefined, new Uint8Array(), new Uint8Array(1_000_000), pieces()]) {
      const response = await http.request(get(port, { method: "PUT", path: "/a%20b?c=%C3%BC", body }));
      assert.deepEqual([response.status, response.headers["x-one"]], [201, "1"]);
      assert.equal(await textOf(response.body), "done");
    }
    const url = "PUT /a%20b?c=%C3%BC";
    assert.deepEqual(seen, [`${url} 0 0`, `${url} 0 0`, `${url} 1000000 1000000`, `${url} chunked 1000000`]);
  });

  test("connections are kept, and bounded in number", async () => {
    let connections = 0;
    let active = 0;
    let most = 0;
    const server = createServer((_, response) => {
      most = Math.max(most, ++active);
      setImmediate(() => {
        active--;
        response.end("x");
      });
    });
    server.on("connection", () => connections++);
    const port = await listen(server);
    const http = transport({ socketsPerServerMax: 3 });
    const one = async () => textOf((await http.request(get(port))).body);
    await Promise.all(Array.from({ length: 30 }, one));
    assert.equal(connections, 3);
    assert.ok(most <= 3);
  });

  test("an unsolicited 100 Continue before the answer does no harm", async () => {
    const port = await serveText(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
    );
    const response = await transport().request(get(port, { method: "PUT", body: new Uint8Array(10) }));
    assert.deepEqual([response.status, await textOf(response.body)], [201, "ok"]);
  });

  test("a body left early frees its place", async () => {
    const port = await serve((_, response) => {
      for (let piece = 0; piece < 100; piece++) response.write(Buffer.alloc(100_000));
    });
    const http = transport({ socketsPerServerMax: 1 });
    for (let round = 0; round < 3; round++) {
      const response = await http.request(get(port));
      for await (const chunk of response.body) {
        assert.equal(Buffer.isBuffer(chunk), false, "slice() of a chunk copies");
        assert.ok(chunk.length > 0);
        break;
      }
    }
  });

  test("an answer before the body's end stops the body", async () => {
    let pulled = 0;
    const port = await listen(
      createTcpServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () =>
          socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"),
        );
      }),
    );
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        pulled++;
        yield new Uint8Array(64 * 1024);
      }
    }
    const response = await transport().request(get(port, { method: "PUT", body: endless() }));
    assert.deepEqual([response.status, await textOf(response.body)], [403, "no"]);
    assert.ok(pulled < 10_000);
  });

  test("a slow reader holds the sender back instead of filling memory", async () => {
    let written = 0;
    const port = await serve((_, response) => {
      const more = (): void => {
        while (written < 400 && response.write(Buffer.alloc(1024 * 1024))) written++;
        if (written < 400) response.once("drain", more);
      };
      more();
    });
    const response = await transport().request(get(port));
    for await (const _ of response.body) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      break;
    }
    assert.ok(written < 100, `${written} MiB were sent to one who did not read`);
  });
});

describe("failures", () => {
  test("nobody listens, or the name is unknown: refused", async () => {
    const port = await serve(() => {});
    const gone = createTcpServer();
    const free = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    await failsWith(transport().request(get(free)), "refused");
    await failsWith(transport().request(get(port, { host: "no-such-host.invalid" })), "refused");
  });

  test("a body is not pulled when there is no connection", async () => {
    let pulled = false;
    async function* body(): AsyncGenerator<Uint8Array> {
      pulled = true;
      yield new Uint8Array(1);
    }
    await failsWith(transport().request(get(1, { method: "PUT", body: body() })), "refused");
    assert.equal(pulled, false);
  });

  test("the connection is lost before the head, and within the body: reset", async () => {
    const hangUp = await listen(createTcpServer((socket) => socket.once("data", () => socket.destroy())));
    await failsWith(transport().request(get(hangUp)), "reset");
    const short = await serveText("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    await failsWith(textOf((await transport().request(get(short))).body), "reset");
    const unfinished = await serveText("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    await failsWith(textOf((await transport().request(get(unfinished))).body), "reset");
  });

  test("what answers is not HTTP: protocol", async () => {
    const port = await serveText("SSH-2.0-OpenSSH_9\r\n");
    await failsWith(transport().request(get(port)), "protocol");
  });

  test("silence before the head, within the body, and when sending: timeout", async () => {
    const silent = await serve(() => {});
    await failsWith(transport().request(get(silent, { silenceMsMax: 50 })), "timeout");
    const stalled = await serveText("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", false);
    await failsWith(textOf((await transport().request(get(stalled, { silenceMsMax: 50 }))).body), "timeout");
    const deaf = await listen(createTcpServer((socket) => socket.pause()));
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(1024 * 1024);
    }
    await failsWith(
      transport().request(get(deaf, { method: "PUT", body: endless(), silenceMsMax: 100 })),
      "timeout",
    );
  });

  test("time that the caller takes is not the server's silence", async () => {
    const port = await serve((request, response) => {
      request.resume().on("end", () => response.end("x".repeat(1_000_000)));
    });
    const pause = () => new Promise((resolve) => setTimeout(resolve, 150));
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 3; piece++) {
        await pause();
        yield new Uint8Array(10);
      }
    }
    const response = await transport().request(get(port, { method: "PUT", body: slow(), silenceMsMax: 100 }));
    let length = 0;
    for await (const chunk of response.body) {
      if (length === 0) await pause();
      length += chunk.length;
    }
    assert.equal(length, 1_000_000);
  });

  test("a body's own error ends the request with it, and the server sees no end of it", async () => {
    let outcome = "";
    const port = await serve((request) => {
      request.on("end", () => (outcome = "ended")).on("error", () => (outcome = "broken"));
      request.resume();
    });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      throw new Error("the disk is gone");
    }
    await assert.rejects(
      transport().request(get(port, { method: "PUT", body: broken() })),
      /the disk is gone/,
    );
    while (outcome === "") await new Promise((resolve) => setImmediate(resolve));
    assert.equal(outcome, "broken");
  });

  test("a cancelled request ends with the signal's reason, at every stage", async () => {
    const reason = new Error("no longer needed");
    const silent = await serve(() => {});
    await assert.rejects(transport().request(get(silent, { cancel: AbortSignal.abort(reason) })), reason);
    const waiting = new AbortController();
    const pending = transport().request(get(silent, { cancel: waiting.signal }));
    setImmediate(() => waiting.abort(reason));
    await assert.rejects(pending, reason);
    const single = transport({ socketsPerServerMax: 1 });
    const first = single.request(get(silent)).catch((error: unknown) => error);
    const queued = new AbortController();
    const second = single.request(get(silent, { cancel: queued.signal }));
    setImmediate(() => queued.abort(reason));
    await assert.rejects(second, reason);
    single.close();
    assert.ok((await first) instanceof HttpFailure);
    const stalled = await serveText("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", false);
    const reading = new AbortController();
    const response = await transport().request(get(stalled, { cancel: reading.signal }));
    await assert.rejects(async () => {
      for await (const _ of response.body) reading.abort(reason);
    }, reason);
  });
});
