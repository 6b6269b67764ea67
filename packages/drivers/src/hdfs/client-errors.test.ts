import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError, explain } from "@coeval/core/errors";
import { HdfsError, type HdfsErrorCode } from "@coeval/hadoop/errors";
import { SaslError, type SaslErrorCode } from "@coeval/hadoop/sasl/sasl-error";
import { translated } from "./client-errors.ts";

const failed = (code: HdfsErrorCode, reason: string, cause?: unknown): CoevalError => {
  const thrown = translated(
    new HdfsError({ code, reason, operation: "getFileInfo", path: "/data/f", cause }),
  );
  assert.ok(thrown instanceof CoevalError);
  assert.deepEqual(thrown.evidence, ["/data/f"], "the place");
  assert.match(thrown.message, /^getFileInfo \/data\/f: /);
  assert.ok(explain(thrown.code).hint.length > 0, "the fix");
  return thrown;
};
const unproven = (code: SaslErrorCode, what = "it failed"): CoevalError => {
  const cause = new SaslError(code, what);
  return failed("authentication", cause.message, cause);
};

test("each failure of Kerberos has its own code, and its fix stands in the message", () => {
  const told = {
    keytabMissing: ["kerberos-keytab", /give the path of a keytab file that this process may read/],
    keytabWithoutKey: ["kerberos-keytab", /klist -k KEYTAB/],
    wrongKey: ["kerberos-keytab", /older than the principal's present key/],
    unknownClient: ["kerberos-keytab", /does not know this principal/],
    expired: ["kerberos-ticket", /give a keytab/],
    noTicket: ["kerberos-ticket", /give a keytab/],
    wrongRealm: ["kerberos-realm", /compare the realm of the principal with krb5\.conf/],
    kdcUnreachable: ["kdc-unreachable", /the key server does not answer/],
    libraryMissing: ["kerberos-library", /apt-get install libgssapi-krb5-2/],
    unprotectedServer: ["cluster-unproven", /it may be anybody/],
    wrongServer: ["cluster-unproven", /dfs\.namenode\.kerberos\.principal/],
    protectionRefused: ["kerberos-refused", /hadoop\.rpc\.protection/],
  } as const;
  for (const [code, [is, says]] of Object.entries(told)) {
    const failure = unproven(code as SaslErrorCode);
    assert.equal(failure.code, is, code);
    assert.match(failure.message, says);
  }
});

test("a clock that is too far off is told by the key server's refusal and by the NameNode's", () => {
  const ours = unproven("clockSkew", "Clock skew too great");
  assert.equal(ours.code, "kerberos-clock");
  assert.match(ours.message, /set this host's clock and the key server's to the same time \(NTP\)/);
  const its = unproven("proofRefused", "the server refuses the proof: GSS initiate failed");
  assert.equal(its.code, "kerberos-refused");
  assert.match(its.message, /its clock and the key server's may differ/);
});

test("a cluster with Kerberos tells whoever proves nothing what it wants, over RPC and over HTTP", () => {
  for (const reason of [
    "SIMPLE authentication is not enabled.  Available:[TOKEN, KERBEROS]",
    "nn:9870 asks for an authentication that this client does not give",
    "Authentication required",
  ]) {
    const failure = failed("authentication", reason);
    assert.equal(failure.code, "kerberos-wanted");
    assert.match(failure.message, /this cluster wants Kerberos; give the agent --keytab and --principal$/);
  }
  assert.equal(failed("authentication", "token (…) can't be found in cache").code, "kerberos-refused");
});

test("NameNodes that do not serve are told as what they are", () => {
  const code = (of: HdfsErrorCode) => failed(of, "it is so").code;
  assert.equal(code("standby"), "no-active-namenode");
  assert.equal(code("safeMode"), "safe-mode");
  assert.equal(code("notANameNode"), "no-namenode");
  assert.equal(code("timeout"), "cluster-unreachable");
  assert.equal(code("encryptionZone"), "encryption-zone");
  for (const passing of ["no-active-namenode", "safe-mode", "kdc-unreachable"] as const)
    assert.equal(explain(passing).retry, "later", `${passing} is waited for`);
});
