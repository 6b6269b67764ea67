// The messenger with real servers on this machine: what arrives, how it is signed, and what is told when it does not.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { AlertMessage } from "@coeval/core/ports/messenger";
import { createMessenger } from "./messenger.ts";
import { startSmtpServer } from "./testing/smtp-server.ts";

const message: AlertMessage = {
  id: "alert-1",
  kind: "raised",
  key: "service/orders:failed",
  about: "service/orders",
  text: "run-1 failed: west: the agent is away\nBcc: all@example.org",
  hint: "Start the agent",
  since: 1_800_000_000_000,
  at: 1_800_000_015_000,
};
const never = new AbortController().signal;

async function httpServer(answer: (response: ServerResponse) => void) {
  const asked: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      asked.push({ headers: request.headers, body });
      answer(response);
    })();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    asked,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const toWebhook = (url: string, secret = "0123456789abcdef") =>
  createMessenger({ webhooks: [{ name: "ops", url, secret }], mail: null });

test("a webhook gets JSON with an id that stays and a signature that anyone with the secret can check", async () => {
  const server = await httpServer((response) => response.writeHead(204).end());
  const messenger = toWebhook(server.url);
  assert.deepEqual(messenger.targets, ["webhook/ops"]);
  await messenger.send("webhook/ops", message, never);
  await messenger.send("webhook/ops", message, never);
  const [first, second] = server.asked;
  assert.equal(first?.headers["webhook-id"], "alert-1");
  assert.equal(second?.headers["webhook-id"], "alert-1");
  assert.deepEqual(JSON.parse(first?.body ?? ""), {
    type: "alert.raised",
    timestamp: "2027-01-15T08:00:15.000Z",
    data: {
      id: "alert-1",
      key: message.key,
      about: message.about,
      text: message.text,
      hint: message.hint,
      since: "2027-01-15T08:00:00.000Z",
    },
  });
  const signed = `alert-1.${String(first?.headers["webhook-timestamp"])}.${first?.body}`;
  const wanted = createHmac("sha256", "0123456789abcdef").update(signed).digest("base64");
  assert.equal(first?.headers["webhook-signature"], `v1,${wanted}`);
  await server.close();
});

test("a secret of the standard's form is taken as base64", async () => {
  const server = await httpServer((response) => response.writeHead(200).end("ok"));
  const key = Buffer.from("a key of bytes, 24 long!");
  await toWebhook(server.url, `whsec_${key.toString("base64")}`).send("webhook/ops", message, never);
  const [asked] = server.asked;
  const signed = `alert-1.${String(asked?.headers["webhook-timestamp"])}.${asked?.body}`;
  const wanted = createHmac("sha256", key).update(signed).digest("base64");
  assert.equal(asked?.headers["webhook-signature"], `v1,${wanted}`);
  await server.close();
});

test("any answer but 2xx, a redirect, and nobody at all are told as not delivered", async () => {
  for (const status of [302, 400, 500]) {
    const server = await httpServer((response) =>
      response.writeHead(status, { location: "http://127.0.0.1:1/" }).end(),
    );
    await assert.rejects(toWebhook(server.url).send("webhook/ops", message, never), {
      code: "not-delivered",
      message: `the webhook ops answered ${status}`,
    });
    assert.equal(server.asked.length, 1);
    await server.close();
  }
  await assert.rejects(toWebhook("http://127.0.0.1:1/").send("webhook/ops", message, never), {
    code: "not-delivered",
  });
});

test("a webhook that never answers ends when it is cancelled", async () => {
  const cancel = new AbortController();
  const server = await httpServer(() => cancel.abort(new Error("too late")));
  await assert.rejects(toWebhook(server.url).send("webhook/ops", message, cancel.signal), /too late/);
  await server.close();
});

const mailTo = (port: number, more: object = {}) =>
  createMessenger({
    webhooks: [],
    mail: {
      host: "127.0.0.1",
      port,
      tls: "none",
      from: "coeval@example.org",
      to: ["ops@example.org", "night@example.org"],
      user: null,
      password: null,
      ...more,
    },
  });

test("a mail names the cause in its subject and what to do in its text; nothing becomes a header that was none", async () => {
  const server = await startSmtpServer();
  await mailTo(server.port, { user: "ada", password: "secret" }).send("mail", message, never);
  const [mail = ""] = server.mails;
  const [head = "", ...body] = mail.split("\r\n\r\n");
  assert.match(head, /^Subject: coeval: service\/orders: run-1 failed: west: the agent is away$/m);
  assert.match(head, /^Message-ID: <alert-1@coeval>$/m);
  assert.doesNotMatch(head, /^Bcc/im);
  assert.match(body.join("\n\n"), /What to do: Start the agent/);
  assert.ok(server.said.includes("RCPT TO:<night@example.org>"), server.said.join());
  assert.ok(server.said.some((line) => line.startsWith("AUTH PLAIN")));
  await server.close();
});

test("a mail server that refuses, lacks the TLS that is asked for, or is not there: not delivered, with its words", async () => {
  const refusing = await startSmtpServer({ MAIL: "550 not from you" });
  await assert.rejects(mailTo(refusing.port).send("mail", message, never), {
    code: "not-delivered",
    message: /550 not from you/,
  });
  await refusing.close();
  const clear = await startSmtpServer();
  await assert.rejects(mailTo(clear.port, { tls: "starttls" }).send("mail", message, never), {
    code: "not-delivered",
  });
  assert.equal(clear.mails.length, 0);
  await clear.close();
  await assert.rejects(mailTo(1).send("mail", message, never), { code: "not-delivered" });
});
