import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CHALLENGE_BYTES_MAX, parseDirectives, quoted, single } from "./digest-challenge.ts";
import { ascii } from "./digest-secrets.ts";
import { isSaslError } from "./sasl-error.ts";

const read = (text: string) => parseDirectives(ascii(text));

describe("a challenge of DIGEST-MD5", () => {
  test("is read as RFC 2831 shows it", () => {
    const found = read(
      'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8',
    );
    assert.equal(single(found, "realm"), "elwood.innosoft.com");
    assert.equal(single(found, "nonce"), "OA6MG9tEQGm2hh");
    assert.equal(single(found, "algorithm"), "md5-sess");
    assert.equal(single(found, "maxbuf"), null);
  });

  test("may hold commas and quotes within quotes, empty elements, spaces, names in any case", () => {
    const found = read('Realm="a,\\"b\\"" ,, QOP="auth,auth-conf" , cipher="",stale = true,');
    assert.equal(single(found, "realm"), 'a,"b"');
    assert.equal(single(found, "qop"), "auth,auth-conf");
    assert.equal(single(found, "cipher"), "");
    assert.equal(single(found, "stale"), "true");
  });

  test("with two realms offers both; two nonces are refused", () => {
    assert.deepEqual(read('realm="a",realm="b"').get("realm"), ["a", "b"]);
    assert.throws(() => single(read('nonce="a",nonce="b"'), "nonce"), /says nonce twice/);
  });

  test("of any other form is refused, and none is searched for ever", () => {
    for (const text of ["realm", "=x", 'realm="a', 'realm="a"nonce="b"', "realm=a b", "\u0000"]) {
      assert.throws(() => read(text), /cannot be read from character/, text);
    }
    assert.throws(() => parseDirectives(Uint8Array.of(0xff)), /not UTF-8/);
    assert.throws(() => parseDirectives(new Uint8Array(CHALLENGE_BYTES_MAX + 1)), /more than the 2048/);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          parseDirectives(bytes);
        } catch (error) {
          assert.ok(isSaslError(error, "badChallenge"), String(error));
        }
      }),
    );
  });

  test("gives back every text that was quoted", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), (text) => {
        const found = parseDirectives(new TextEncoder().encode(`realm=${quoted(text)}`));
        assert.equal(single(found, "realm"), text.toWellFormed());
      }),
    );
  });
});
