import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nameNodeAddresses, parseSite } from "./site-xml.ts";

const file = (...properties: string[]) => ({
  name: "hdfs-site.xml",
  text: `<?xml version="1.0"?>\n<!-- ours -->\n<configuration>${properties.join("\n")}</configuration>`,
});
const property = (name: string, value: string, more = ""): string =>
  `<property><name>${name}</name><value>${value}</value>${more}<description>&amp; so on</description></property>`;

describe("site files", () => {
  test("properties with entities, numbers, spaces, empty values, variables", () => {
    const site = parseSite([
      file(
        property("a", "&lt;&amp;lt;&#65;&#x1F600;"),
        property("n", "007"),
        property("e", ""),
        property("v", "${a}-${n}-${user.name}"),
      ),
    ]);
    assert.deepEqual(Object.fromEntries(site), {
      a: "<&lt;A😀",
      n: "007",
      e: "",
      v: "<&lt;A😀-007-${user.name}",
    });
  });

  test("a later file wins, but not over what is final", () => {
    const site = parseSite([
      file(property("a", "1"), property("b", "1", "<final>true</final>")),
      file(property("a", "2"), property("b", "2")),
    ]);
    assert.deepEqual([site.get("a"), site.get("b")], ["2", "1"]);
  });

  test("an empty configuration is one", () => {
    assert.equal(parseSite([file()]).size, 0);
    assert.equal(parseSite([{ name: "x", text: "<configuration/>" }]).size, 0);
  });

  test("what cannot be read names file and fault", () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><configuration/>';
    const faults: [string, RegExp][] = [
      [bomb, /x: a document type/],
      ["<configuration><xi:include href='y'/></configuration>", /x: xi:include/],
      ["<configuration><property>", /^TypeError: x: /],
      ["<html></html>", /x: has no <configuration>/],
      ["<configuration><property><value>1</value></property></configuration>", /no <name>/],
      ["", /x: /],
    ];
    for (const [text, fault] of faults) assert.throws(() => parseSite([{ name: "x", text }]), fault, text);
    assert.throws(() => parseSite([file(property("a", "${b}x"), property("b", "${a}x"))]), /without end/);
  });

  test("a short file that names a long value many times is refused before it is put together", () => {
    const long = property("long", "x".repeat(1_000_000));
    const within = property("many", "${long}".repeat(100_000));
    assert.throws(
      () => parseSite([file(long, within)]),
      /^TypeError: many: the value .* expands without end/,
    );
    const beside = Array.from({ length: 100 }, (_, index) => property(`p${index}`, "${long}"));
    assert.throws(() => parseSite([file(long, ...beside)]), /^TypeError: p\d+: .* expands without end/);
  });
});

describe("the NameNode's web address", () => {
  const addresses = (...properties: string[]) => nameNodeAddresses(parseSite([file(...properties)]));

  test("is named, or stands beside the RPC address", () => {
    const http = {
      nameservice: null,
      nameNodeId: null,
      endpoint: { host: "nn", port: 50_070, secure: false },
    };
    assert.deepEqual(addresses(property("dfs.namenode.http-address", "nn:50070")), [http]);
    assert.equal(addresses(property("fs.defaultFS", "hdfs://nn:8020"))[0]?.endpoint.port, 9870);
    const secure = addresses(
      property("dfs.http.policy", "HTTPS_ONLY"),
      property("fs.defaultFS", "hdfs://nn"),
    );
    assert.deepEqual(secure[0]?.endpoint, { host: "nn", port: 9871, secure: true });
    assert.throws(() => addresses(), /names the NameNode/);
  });

  test("of every NameNode of every nameservice", () => {
    const found = addresses(
      property("dfs.nameservices", "one, two"),
      property("dfs.ha.namenodes.one", "a,b"),
      property("dfs.namenode.http-address.one.a", "h1:9870"),
      property("dfs.namenode.rpc-address.one.b", "h2:8020"),
      property("dfs.namenode.http-address.two", "h3:9870"),
    );
    assert.deepEqual(
      found.map(({ nameservice, nameNodeId, endpoint }) => [nameservice, nameNodeId, endpoint.host]),
      [
        ["one", "a", "h1"],
        ["one", "b", "h2"],
        ["two", null, "h3"],
      ],
    );
  });
});
