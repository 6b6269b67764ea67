import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { createSaslClient } from "./client.ts";
import type { Cryptography } from "./cryptography.ts";
import type { GssContext, GssServer } from "./gss.ts";
import type { KerberosLogin } from "./kerberos-login.ts";
import type { Qop, SaslClient } from "./mechanism.ts";

/** Protects by a mark before the message: "." for a checksum, "*" for encryption. */
const DOT = 0x2e;
const STAR = 0x2a;

describe("GSSAPI", () => {
  let asked: GssServer[];
  let released: number;
  beforeEach(() => {
    asked = [];
    released = 0;
  });

  const context = (): GssContext => ({
    step: async (token) =>
      token.length === 0
        ? { token: Uint8Array.of(1), established: false }
        : { token: new Uint8Array(), established: true },
    wrap: (message, sealed) => Uint8Array.of(sealed ? STAR : DOT, ...message),
    unwrap: (message) => ({ message: message.subarray(1), sealed: message[0] === STAR }),
    wrapBytesMax: (bytes) => bytes - 1,
    release: () => void released++,
  });
  const login: KerberosLogin = {
    principal: "alice@EXAMPLE",
    check: async () => ({ principal: "alice@EXAMPLE", lifetimeSeconds: 1 }),
    connect: async (server) => {
      asked.push(server);
      return context();
    },
  };
  const cryptography = {} as Cryptography;
  const client = (...qops: [Qop, ...Qop[]]): SaslClient =>
    createSaslClient(
      { cryptography },
      {
        mechanism: "GSSAPI",
        protocol: "nn",
        serverName: "a.example@EXAMPLE",
        qops,
        credentials: { kind: "kerberos", login },
      },
    );
  const offer = (layers: number, bytes = 0x01_00_00): Uint8Array =>
    Uint8Array.of(DOT, layers, bytes >> 16, (bytes >> 8) & 0xff, bytes & 0xff);
  const shaken = async (sasl: SaslClient, layers: number, bytes?: number): Promise<Uint8Array | null> => {
    assert.deepEqual(await sasl.step(new Uint8Array()), Uint8Array.of(1));
    assert.deepEqual(await sasl.step(Uint8Array.of(2)), new Uint8Array());
    assert.equal(sasl.complete, false);
    return sasl.step(offer(layers, bytes));
  };

  test("proves both sides, then agrees on the first protection that the server offers too", async () => {
    const sasl = client("auth-conf", "auth-int");
    assert.deepEqual(await shaken(sasl, 1 | 2), Uint8Array.of(DOT, 2, 0xff, 0xff, 0xff));
    assert.equal(sasl.complete, true);
    assert.equal(sasl.qop, "auth-int");
    assert.equal(sasl.wrapBytesMax, 0x01_00_00 - 1);
    assert.deepEqual(asked, [{ service: "nn", host: "a.example", realm: "EXAMPLE" }]);
    assert.deepEqual(sasl.wrap(Uint8Array.of(9)), Uint8Array.of(DOT, 9));
  });

  test("without protection passes bytes on, and announces no buffer", async () => {
    const sasl = client("auth");
    assert.deepEqual(await shaken(sasl, 7), Uint8Array.of(DOT, 1, 0, 0, 0));
    const bytes = Uint8Array.of(1, 2);
    assert.equal(sasl.wrap(bytes), bytes);
    assert.equal(sasl.unwrap(bytes), bytes);
    assert.equal(sasl.wrapBytesMax, Number.POSITIVE_INFINITY);
  });

  test("under privacy refuses a message that came unencrypted", async () => {
    const sasl = client("auth-conf");
    await shaken(sasl, 4);
    assert.deepEqual(sasl.unwrap(Uint8Array.of(STAR, 5)), Uint8Array.of(5));
    assert.throws(() => sasl.unwrap(Uint8Array.of(DOT, 5)), /came unencrypted/);
  });

  test("refuses a server that offers less than is asked for, or nonsense", async () => {
    await assert.rejects(
      shaken(client("auth-conf"), 1 | 2),
      /offers auth, auth-int, and auth-conf is asked for/,
    );
    await assert.rejects(shaken(client("auth-conf"), 4, 1), /takes 1 bytes at a time, too few/);
    const sasl = client("auth");
    await sasl.step(new Uint8Array());
    await sasl.step(Uint8Array.of(2));
    await assert.rejects(sasl.step(Uint8Array.of(DOT, 1)), /has 1 bytes, not 4/);
  });

  test("protects nothing before its end, takes nothing after it, and frees the context once", async () => {
    const sasl = client("auth-conf");
    assert.throws(() => sasl.wrap(Uint8Array.of(1)), /before the handshake is complete/);
    await shaken(sasl, 4);
    await assert.rejects(sasl.step(new Uint8Array()), /after the end of the handshake/);
    sasl.dispose();
    sasl.dispose();
    assert.equal(released, 1);
  });

  test("is not spoken with a password, nor DIGEST-MD5 with a ticket", () => {
    const common = { protocol: "nn", serverName: "a", qops: ["auth"] } as const;
    const password = { kind: "password", userName: "a", password: "b" } as const;
    assert.throws(
      () => createSaslClient({ cryptography }, { ...common, mechanism: "GSSAPI", credentials: password }),
      /GSSAPI cannot use credentials of the kind "password"/,
    );
    assert.throws(
      () =>
        createSaslClient(
          { cryptography },
          { ...common, mechanism: "DIGEST-MD5", credentials: { kind: "kerberos", login } },
        ),
      /DIGEST-MD5 cannot use credentials of the kind "kerberos"/,
    );
  });
});
