/** DIGEST-MD5 with OpenSSL's hashes and ciphers: the example of RFC 2831, and a server made of the same parts. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCryptography } from "@coeval/platform/cryptography";
import { createSaslClient } from "./client.ts";
import { createDigestLayer, type DigestLayer, tripleDesKey } from "./digest-layer.ts";
import { ascii, type DigestSecrets, digestSecrets } from "./digest-secrets.ts";
import { parseDirectives, single } from "./digest-challenge.ts";
import { DIGEST_CIPHERS, type DigestCipher, type Qop, type SaslClient } from "./mechanism.ts";

const cryptography = createCryptography();
const PASSWORD = "c2VjcmV0";

const clientFor = (qop: Qop, cipher?: DigestCipher): SaslClient =>
  createSaslClient(
    { cryptography },
    {
      mechanism: "DIGEST-MD5",
      protocol: "hdfs",
      serverName: "0",
      qops: [qop],
      credentials: { kind: "password", userName: "dG9rZW4=", password: PASSWORD },
      ciphers: cipher === undefined ? undefined : [cipher],
    },
  );

const challengeOf = (qop: string, more = ""): Uint8Array =>
  ascii(`realm="0",nonce="bm9uY2U=",charset=utf-8,algorithm=md5-sess,qop="${qop}",cipher="3des,rc4"${more}`);

/** What a server makes of the client's response. */
function secretsOfServer(response: Uint8Array, password = PASSWORD): DigestSecrets {
  const said = parseDirectives(response);
  const value = (name: string): string => single(said, name) ?? "";
  return digestSecrets(cryptography, {
    userName: value("username"),
    password,
    realm: value("realm"),
    nonce: value("nonce"),
    clientNonce: value("cnonce"),
    digestUri: value("digest-uri"),
    qop: value("qop") as Qop,
  });
}

/** The server's end of the protection: the same with the keys swapped. */
function layerOfServer(secrets: DigestSecrets, cipher: DigestCipher | null): DigestLayer {
  const swapped = {
    ...secrets,
    clientSigningKey: secrets.serverSigningKey,
    serverSigningKey: secrets.clientSigningKey,
    clientSealingKey: secrets.serverSealingKey,
    serverSealingKey: secrets.clientSealingKey,
  };
  return createDigestLayer(cryptography, swapped, cipher);
}

async function shaken(qop: Qop, cipher?: DigestCipher): Promise<{ client: SaslClient; server: DigestLayer }> {
  const client = clientFor(qop, cipher);
  const response = await client.step(challengeOf("auth,auth-int,auth-conf"));
  assert.ok(response);
  const secrets = secretsOfServer(response);
  assert.equal(single(parseDirectives(response), "response"), secrets.response);
  assert.equal(client.complete, false);
  assert.equal(await client.step(ascii(`rspauth=${secrets.responseOfServer}`)), null);
  assert.equal(client.complete, true);
  assert.equal(client.qop, qop);
  return { client, server: layerOfServer(secrets, cipher ?? null) };
}

describe("DIGEST-MD5", () => {
  test("computes what RFC 2831 shows", () => {
    const secrets = digestSecrets(cryptography, {
      userName: "chris",
      password: "secret",
      realm: "elwood.innosoft.com",
      nonce: "OA6MG9tEQGm2hh",
      clientNonce: "OA6MHXh6VqTrRk",
      digestUri: "imap/elwood.innosoft.com",
      qop: "auth",
    });
    assert.equal(secrets.response, "d388dad90d4bbd760a152321f2143af7");
    assert.equal(secrets.responseOfServer, "ea40f60335c427b5527b84dbabcdfffd");
  });

  test("without protection passes bytes on", async () => {
    const { client } = await shaken("auth");
    const bytes = ascii("in clear");
    assert.equal(client.wrap(bytes), bytes);
    assert.equal(client.unwrap(bytes), bytes);
    assert.equal(client.wrapBytesMax, Number.POSITIVE_INFINITY);
  });

  for (const [qop, cipher] of [
    ["auth-int"],
    ...DIGEST_CIPHERS.map((each) => ["auth-conf", each] as const),
  ] as [Qop, DigestCipher | undefined][]) {
    test(`${qop} ${cipher ?? ""} carries messages of every length both ways`, async () => {
      const { client, server } = await shaken(qop, cipher);
      for (const length of [0, 1, 5, 6, 7, 8, 13, 14, 1000, client.wrapBytesMax]) {
        const message = Uint8Array.from({ length }, (_, index) => index & 0xff);
        const protectedMessage = client.wrap(message);
        assert.ok(protectedMessage.length <= 65_536);
        if (length > 5 && qop === "auth-conf") assert.ok(!protectedMessage.toHex().includes(message.toHex()));
        assert.equal(server.unwrap(protectedMessage).toHex(), message.toHex());
        assert.equal(client.unwrap(server.wrap(message)).toHex(), message.toHex());
      }
    });

    test(`${qop} ${cipher ?? ""} notices every change, loss and repetition`, async () => {
      const message = ascii("a message of some bytes");
      for (let at = 0; at < message.length + 16; at += 3) {
        const { client, server } = await shaken(qop, cipher);
        const bytes = server.wrap(message).slice();
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        assert.throws(() => client.unwrap(bytes), /a protected message/, `byte ${at}`);
      }
      const { client, server } = await shaken(qop, cipher);
      const first = server.wrap(message);
      client.unwrap(first);
      assert.throws(() => client.unwrap(first), /not the next one in order/);
      const lost = await shaken(qop, cipher);
      lost.server.wrap(message);
      assert.throws(() => lost.client.unwrap(lost.server.wrap(message)), /not the next one in order/);
      for (const length of [0, 6, 15]) {
        assert.throws(() => lost.client.unwrap(new Uint8Array(length)), /has no such length/);
      }
    });
  }

  test("refuses a server that does not know the password", async () => {
    const client = clientFor("auth");
    const response = await client.step(challengeOf("auth"));
    assert.ok(response);
    const { responseOfServer } = secretsOfServer(response, "another");
    await assert.rejects(
      client.step(ascii(`rspauth=${responseOfServer}`)),
      /answer to the token's challenge is wrong/,
    );
    assert.equal(client.complete, false);
    assert.equal(client.qop, null);
  });

  test("refuses what the server offers too little of", async () => {
    const cases: [Uint8Array, Qop, RegExp][] = [
      [challengeOf("auth"), "auth-conf", /offers auth, and auth-conf is asked for/],
      [ascii('nonce="x",algorithm=md5-sess'), "auth-int", /offers auth, and auth-int/],
      [ascii('realm="0",algorithm=md5-sess'), "auth", /has no nonce/],
      [ascii('nonce="x",algorithm=md5'), "auth", /algorithm md5, not md5-sess/],
      [
        ascii('nonce="x",algorithm=md5-sess,qop="auth-conf",cipher="des"'),
        "auth-conf",
        /ciphers des, and 3des/,
      ],
      [challengeOf("auth", ",maxbuf=5"), "auth", /maxbuf=5/],
      [challengeOf("auth", ",maxbuf=99999999"), "auth", /maxbuf=99999999/],
    ];
    for (const [challenge, qop, message] of cases) {
      await assert.rejects(clientFor(qop).step(challenge), message);
    }
  });

  test("keys of triple DES get their parity bits", () => {
    const key = tripleDesKey(Uint8Array.from({ length: 16 }, (_, index) => (index < 7 ? 0 : 0xff)));
    assert.equal(key.toHex(), "0101010101010101fefefefefefefefe0101010101010101");
  });
});
