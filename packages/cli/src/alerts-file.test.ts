// alerts.yaml: what is right is read, what is wrong is told with its place, and a secret is never in it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseAlerts } from "./alerts-file.ts";

const right = `webhooks:
  - name: ops
    url: https://hooks.example.org/coeval
    secretFile: ops.secret
mail:
  host: mail.example.org
  port: 587
  tls: starttls
  from: coeval@example.org
  to: [ops@example.org]
  userFile: mail.user
  passwordFile: mail.password
`;

test("webhooks and mail are read; a file without either is right too", () => {
  const { document } = parseAlerts(right);
  assert.equal(document.webhooks[0]?.name, "ops");
  assert.equal(document.mail?.tls, "starttls");
  assert.deepEqual(parseAlerts("").document, { webhooks: [] });
});

test("the form that the runbook shows is right", () => {
  const runbook = readFileSync(new URL("../../../docs/runbooks/alerts.md", import.meta.url), "utf8");
  const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(runbook) ?? [];
  assert.equal(parseAlerts(yaml).document.webhooks.length, 1);
});

const wrong: [name: string, from: string, to: string, message: string][] = [
  ["no YAML", "webhooks:", "webhooks: [", "alerts.yaml:2:"],
  ["a key that is not known", "secretFile", "secret", "alerts.yaml:2:5: webhooks.0"],
  [
    "a URL with a password",
    "https://hooks",
    "https://ada:pw@hooks",
    "alerts.yaml:3:10: webhooks.0.url: must hold no password",
  ],
  [
    "a URL that is none",
    "https://hooks.example.org/coeval",
    "hooks",
    "alerts.yaml:3:10: webhooks.0.url: is no http",
  ],
  ["TLS left out", "  tls: starttls\n", "", "alerts.yaml:5:1: mail.tls: must be implicit, starttls or none"],
  ["a password in the clear", "starttls", "none", "alerts.yaml:8:8: mail.tls: none would send the password"],
  [
    "a user without a password",
    "  passwordFile: mail.password\n",
    "",
    "alerts.yaml:11:13: mail.userFile: userFile and",
  ],
  ["nobody to tell", "[ops@example.org]", "[]", "alerts.yaml:10:3: mail.to: must name somebody"],
  ["no address", "[ops@example.org]", "[ops]", "alerts.yaml:10:8: mail.to.0: is no mail address"],
];

for (const [name, from, to, message] of wrong) {
  test(`refused with its place: ${name}`, () => {
    assert.throws(
      () => parseAlerts(right.replace(from, to)),
      (thrown: Error) => {
        assert.ok(thrown.message.startsWith(message), thrown.message);
        return true;
      },
    );
  });
}

test("two webhooks of one name are refused", () => {
  const [, first = ""] = /(  - name: ops[\s\S]*?)mail:/.exec(right) ?? [];
  assert.throws(
    () => parseAlerts(right.replace(first, first + first)),
    /:5:11: webhooks.1.name: .* occurs twice/,
  );
});
