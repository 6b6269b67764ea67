import assert from "node:assert/strict";
import { test } from "node:test";
import { explainGss } from "./gss-errors.ts";
import { isSaslError, type SaslErrorCode } from "./sasl-error.ts";

const KEYTAB = { kind: "keytab", principal: "a@R", keytab: "/k" } as const;
const CACHE = { kind: "ticketCache", principal: null, cache: null } as const;

const failure = (major: number, minor: number): Error =>
  Object.assign(new Error("words of the library"), { gss: { call: "gss_x", major, minor } });
const routine = (number: number): number => number * 65_536;

test("each failure of Kerberos has its code", () => {
  const cases: [number, number, SaslErrorCode][] = [
    [routine(13), -1_765_328_377, "unknownServer"],
    [routine(7), -1_765_328_228, "kdcUnreachable"],
    [routine(7), -1_765_328_347, "clockSkew"],
    [routine(7), 2, "keytabMissing"],
    [routine(7), 13, "keytabMissing"],
    [routine(11), 100_001, "expired"],
    [routine(6), 0, "tampered"],
    [routine(9), 0, "tampered"],
    // Repeated, old, out of sequence, a gap.
    [2, 0, "tampered"],
    [4, 0, "tampered"],
    [8, 0, "tampered"],
    [16, 0, "tampered"],
    [routine(13), 12_345, "kerberos"],
  ];
  for (const [major, minor, code] of cases) {
    const explained = explainGss(failure(major, minor), KEYTAB, "a@R");
    assert.ok(isSaslError(explained, code), `${major} ${minor}: ${String(explained)}`);
  }
});

test("a missing file is the keytab's, or the cache's where there is no keytab", () => {
  assert.ok(isSaslError(explainGss(failure(routine(7), 2), CACHE, "whoever"), "noTicket"));
});

test("the message names the server, who one is, and from where", () => {
  const server = { service: "nn", host: "h", realm: null };
  const explained = explainGss(failure(routine(13), 12_345), KEYTAB, "a@R", server);
  assert.equal((explained as Error).message, "Kerberos towards nn/h as a@R, keytab /k: words of the library");
});

test("what does not come from the library is left alone", () => {
  const defect = new TypeError("x");
  assert.equal(explainGss(defect, KEYTAB, "a@R"), defect);
});
