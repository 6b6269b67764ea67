/** The system's GSS-API library with a real key server: tickets, and what is said when there is none to be had. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createClock } from "@coeval/platform/clock";
import { createRandom } from "@coeval/platform/random";
import { useRealm } from "@coeval/testbed/kerberos";
import { type RealmAlone, refusingKdc, startRealm } from "@coeval/testbed/kerberos-alone";
import { loadGssapi } from "./gssapi.ts";
import { createKerberosLogin, type KerberosLogin, type KerberosSource } from "./kerberos-login.ts";
import { isSaslError, type SaslErrorCode } from "./sasl-error.ts";

const REALM = "EAST.TEST";

describe("Kerberos", () => {
  const clock = createClock();
  const random = createRandom();
  let realm: RealmAlone;

  before(async () => {
    realm = await startRealm({
      realm: REALM,
      users: ["alice", "bob", "carol"],
      services: ["nn"],
      hosts: ["localhost"],
    });
    useRealm(realm);
  });
  after(() => realm.stop());

  const login = (source: KerberosSource): KerberosLogin => createKerberosLogin(loadGssapi(), random, source);
  const byKeytab = (user: string, keytab = realm.keytabs[user] ?? "/nowhere"): KerberosLogin =>
    login({ kind: "keytab", principal: user.includes("@") ? user : `${user}@${REALM}`, keytab });
  /** Bytes of the first token towards `nn/host`. */
  const firstToken = async (
    from: KerberosLogin,
    host = "localhost",
    of: string | null = null,
  ): Promise<number> => {
    const context = await from.connect({ service: "nn", host, realm: of });
    try {
      return (await context.step(new Uint8Array())).token.length;
    } finally {
      context.release();
    }
  };
  const refused = async (promise: Promise<unknown>, code: SaslErrorCode, message: RegExp): Promise<void> => {
    const failure = await promise.then(
      () => "it succeeded",
      (error: unknown) => error,
    );
    assert.ok(isSaslError(failure, code), `expected ${code}: ${String(failure)}`);
    assert.match(failure.message, message);
  };

  test("takes a ticket by the keytab, one for each client, and uses it again", async () => {
    const alice = byKeytab("alice");
    assert.equal((await alice.check()).principal, `alice@${REALM}`);
    assert.ok((await alice.check()).lifetimeSeconds > 3600);
    const bob = byKeytab("bob");
    assert.equal((await bob.check()).principal, `bob@${REALM}`);
    assert.ok((await firstToken(alice)) > 100);
    assert.ok((await firstToken(bob, "localhost", REALM)) > 100);
  });

  test("serves many handshakes at once, from several logins", async () => {
    const logins = [byKeytab("alice"), byKeytab("bob")];
    const tokens = await Promise.all(
      Array.from({ length: 60 }, (_, index) => firstToken(logins[index % 2] ?? byKeytab("carol"))),
    );
    assert.ok(tokens.every((bytes) => bytes > 100));
  });

  test("a context that is released while a step is under way comes to no harm", async () => {
    const context = await byKeytab("alice").connect({ service: "nn", host: "localhost", realm: null });
    const step = context.step(new Uint8Array());
    context.release();
    assert.ok((await step).token.length > 100);
    await assert.rejects(context.step(new Uint8Array()), /one step at a time/);
  });

  test("uses the tickets that kinit left, and says when there are none", async () => {
    const cache = `FILE:${realm.login("carol")}`;
    const carol = login({ kind: "ticketCache", principal: null, cache });
    assert.equal((await carol.check()).principal, `carol@${REALM}`);
    assert.ok((await firstToken(carol)) > 100);
    const nobody = login({ kind: "ticketCache", principal: null, cache: "FILE:/nowhere/cache" });
    await refused(
      nobody.check(),
      "noTicket",
      /ticket cache FILE:\/nowhere\/cache.*; run kinit, or give a keytab/,
    );
    const other = login({ kind: "ticketCache", principal: `alice@${REALM}`, cache });
    await refused(other.check(), "noTicket", /as alice@EAST.TEST/);
  });

  test("takes tickets again before theirs expire; those of a cache are only named", async () => {
    const keytab = await realm.addPrincipal("brief", "brief", { ticketLife: "6 seconds" });
    const brief = byKeytab("brief", keytab);
    await firstToken(brief);
    const cached = login({ kind: "ticketCache", principal: null, cache: `FILE:${realm.login("brief")}` });
    await clock.sleep(4000);
    assert.ok((await cached.check()).lifetimeSeconds <= 3);
    assert.ok((await brief.check()).lifetimeSeconds > 3, "taken again when half of its life was over");
    await clock.sleep(3500);
    await refused(cached.check(), "expired", /has expired .*run kinit again/);
    await refused(firstToken(cached), "expired", /towards nn\/localhost.*[Ee]xpired.*run kinit again/);
    assert.ok((await firstToken(brief)) > 100);
  });

  test("names what is wrong with a keytab", async () => {
    await refused(
      byKeytab("alice", "/nowhere").check(),
      "keytabMissing",
      /'\/nowhere' not found; give the path/,
    );
    const wrong = byKeytab("bob", realm.keytabs["alice"]);
    await refused(
      wrong.check(),
      "keytabWithoutKey",
      /No key table entry found for bob@EAST.TEST; .*klist -k/,
    );
    await realm.administer("cpw -randkey bob");
    await refused(byKeytab("bob").check(), "wrongKey", /older than the principal's present key/);
    await realm.administer("delprinc -force carol");
    await refused(byKeytab("carol").check(), "unknownClient", /does not know this principal/);
  });

  test("names a service that the key server does not know, and a realm that nobody knows", async () => {
    const alice = byKeytab("alice");
    await refused(
      firstToken(alice, "elsewhere"),
      "unknownServer",
      /towards nn\/elsewhere as alice@EAST.TEST/,
    );
    await refused(firstToken(alice, "localhost", "WEST.TEST"), "unknownServer", /towards nn\/localhost/);
    await refused(
      byKeytab("alice@WEST.TEST", realm.keytabs["alice"]).check(),
      "keytabWithoutKey",
      /alice@WEST.TEST/,
    );
    const cannot = login({ kind: "keytab", principal: "@", keytab: "/nowhere" });
    await assert.rejects(cannot.check(), isSaslError);
  });

  test("tells a clock that differs, a realm without key server, and a key server that is down", async () => {
    const skewed = await refusingKdc(REALM, 37);
    useRealm(skewed);
    await refused(byKeytab("alice").check(), "clockSkew", /Clock skew too great.*same time \(NTP\)/);
    skewed.stop();
    await refused(byKeytab("alice").check(), "kdcUnreachable", /Cannot contact any KDC.*does not answer/);
    const elsewhere = await refusingKdc("NORTH.TEST", 60);
    useRealm(elsewhere);
    await refused(
      byKeytab("alice").check(),
      "wrongRealm",
      /Cannot find KDC for requested realm.*compare the realm/,
    );
    elsewhere.close();
    skewed.close();
    useRealm(realm);
    assert.equal((await byKeytab("alice").check()).principal, `alice@${REALM}`);
  });
});
