/** A control device's REST API as far as a test scripts it, over real https on a free port. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { serverChain, serverKey } from "../fixtures/tls.ts";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** An answer: its body, or the whole of it. */
export type Answer = (asked: Asked, response: ServerResponse) => unknown;

export interface FakeServer {
  readonly url: string;
  readonly asked: Asked[];
  /** `GET /api/v1/status` → answer; changed at will. */
  readonly answers: Map<string, Answer>;
  close(): Promise<void>;
}

export async function fakeServer(answers: Readonly<Record<string, Answer>> = {}): Promise<FakeServer> {
  const asked: Asked[] = [];
  const table = new Map(Object.entries(answers));
  const server = createServer({ key: serverKey, cert: serverChain }, (request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString("utf8");
      const { method = "", url = "", headers } = request;
      const one: Asked = { method, url, headers, body: text === "" ? null : JSON.parse(text) };
      asked.push(one);
      const answer = table.get(`${method} ${url.split("?")[0]}`);
      const body = answer ? await answer(one, response) : problem("not-found", 404, `there is no ${url}`);
      if (response.writableEnded || response.headersSent) return;
      const failed = body !== null && typeof body === "object" && "code" in body && "status" in body;
      response.writeHead(failed ? (body as { status: number }).status : body === null ? 204 : 200, {
        "content-type": failed ? "application/problem+json" : "application/json",
      });
      response.end(body === null ? "" : JSON.stringify(body));
    })();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers: table,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** A problem document. */
export function problem(code: string, status: number, detail: string, more: object = {}): object {
  return {
    type: `/errors/${code}`,
    title: "title",
    status,
    detail,
    code,
    retry: "never",
    hint: "the hint",
    ...more,
  };
}
