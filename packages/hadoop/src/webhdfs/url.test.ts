import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pathFault } from "../hdfs/path.ts";
import location from "./fixtures/location.json" with { type: "json" };
import { parseLocation } from "./location.ts";
import { ODD_NAMES } from "./probes.ts";
import { encodePath, encodeQuery, webHdfsTarget } from "./url.ts";

const name = fc.oneof(fc.constantFrom(...ODD_NAMES), fc.string({ unit: "binary", minLength: 1 }));
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join("/")}`);

test("every path that can be sent comes back exact from its encoding", () => {
  fc.assert(
    fc.property(path, (given) => {
      fc.pre(pathFault(given) === null);
      const encoded = encodePath(given);
      assert.match(encoded, /^[/A-Za-z0-9\-_.~!'()*%]+$/, "no +, ;, ?, # or raw byte");
      assert.equal(encoded.split("/").length, given.split("/").length, "a slash separates and nothing else");
      assert.equal(decodeURIComponent(encoded), given);
    }),
  );
});

test("a query's values come back exact, and cannot add parameters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
      const pairs = [...new URLSearchParams(encodeQuery({ a, b, gone: undefined }))];
      assert.deepEqual(pairs, [
        ["a", a],
        ["b", b],
      ]);
    }),
  );
});

test("a target is what the REST API documents", () => {
  const target = webHdfsTarget("/a b/ü", "MKDIRS", { permission: "755", "user.name": "alice" });
  assert.equal(target, "/webhdfs/v1/a%20b/%C3%BC?op=MKDIRS&permission=755&user.name=alice");
  assert.equal(webHdfsTarget("/", "LISTSTATUS_BATCH", {}), "/webhdfs/v1/?op=LISTSTATUS_BATCH");
});

/** As java.net.URI writes a path: letters beyond ASCII and some marks stay as they are. */
const asJavaWrites = (given: string): string =>
  given.replace(/[^\p{L}\p{N}/;:,!'()*+$&=@._~-]/gu, encodeURIComponent);

test("a location is read exactly, whatever Java leaves unencoded in it", () => {
  fc.assert(
    fc.property(path, (given) => {
      fc.pre(pathFault(given) === null);
      const read = parseLocation(
        `http://dn-1.example:9864/webhdfs/v1${asJavaWrites(given)}?op=OPEN&offset=0`,
      );
      assert.deepEqual([read?.host, read?.port, read?.secure], ["dn-1.example", 9864, false]);
      const [target = "", query] = read?.target.split("?") ?? [];
      assert.equal(decodeURIComponent(target), `/webhdfs/v1${given}`);
      assert.equal(query, "op=OPEN&offset=0");
      assert.match(target, /^[\u0021-\u007e]+$/);
    }),
  );
});

test("the location a NameNode gave", () => {
  const text = (JSON.parse(location.response.body) as { Location: string }).Location;
  assert.match(
    parseLocation(text)?.target ?? "",
    /^\/webhdfs\/v1\/rec\/%C3%BC%20;\?op=CREATE&user\.name=hdfs&/,
  );
});

test("what is no location with a port is none", () => {
  const texts = [
    "",
    "/x",
    "ftp://h:1/x",
    "http://h/x",
    "http://h:0/x",
    "http://h:99999/x",
    "http://u:p@h:1/x",
    "http://h:1",
    "http://h:1/\ud800",
    "http://h o:1/x",
  ];
  for (const text of texts) assert.equal(parseLocation(text), null, text);
  assert.equal(parseLocation("https://[::1]:9865/x")?.host, "::1");
});
