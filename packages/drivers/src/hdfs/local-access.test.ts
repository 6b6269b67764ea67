import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Gss, GssFailure } from "@coeval/hadoop/sasl/gss";
import { type LocalWords, openLocalAccess } from "./local-access.ts";

const KRB5 = -1_765_328_384;
const KEYS = { keytab: "/secret/coeval.keytab", principal: "coeval@EAST.TEST" };

/** A library whose every credential ends with the minor status; null: they are good. */
const library =
  (minor: number | null): (() => Gss) =>
  () => ({
    async acquire(store) {
      if (minor === null)
        return {
          inspect: async () => ({ principal: store.principal ?? "", lifetimeSeconds: 3600 }),
          release: () => undefined,
        };
      const gss = { call: "gss_acquire_cred_from", major: 7 * 65_536, minor };
      throw Object.assign(new Error("the library's words"), { gss }) satisfies GssFailure;
    },
    start: () => assert.fail("nothing is connected to"),
  });

function setUp(minor: number | null = null, files: Readonly<Record<string, string>> = {}) {
  const lines: string[] = [];
  const line = (event: string, fields: object = {}): void =>
    void lines.push(`${event} ${JSON.stringify(fields)}`);
  const world = {
    random: { bytes: (length: number) => new Uint8Array(length) },
    log: { info: line, warn: line },
    readText: async (path: string) => files[path] ?? null,
    gss: library(minor),
  };
  return { lines, open: (words: LocalWords) => openLocalAccess(world, words) };
}

describe("what the agent alone has", () => {
  test("nothing, unless it is named", async () => {
    assert.deepEqual(await setUp().open({}), { proof: null, conf: null });
  });

  test("a key, proven at once; only the principal is ever told of", async () => {
    const { open, lines } = setUp();
    const { proof } = await open(KEYS);
    assert.equal(proof?.principal, "coeval@EAST.TEST");
    assert.deepEqual(lines, ['ticket {"principal":"coeval@EAST.TEST","lifetimeSeconds":3600}']);
  });

  test("Hadoop's own configuration, whose faults are told with flag and file", async () => {
    const xml = "<configuration><property><name>a</name><value>b</value></property></configuration>";
    const { conf } = await setUp(null, { "/conf/core-site.xml": xml }).open({ hadoopConf: "/conf" });
    assert.equal(conf?.site.get("a"), "b");
    await assert.rejects(setUp().open({ hadoopConf: "/nowhere" }), {
      code: "bad-input",
      message: "--hadoop-conf /nowhere holds neither core-site.xml nor hdfs-site.xml",
    });
    const broken = setUp(null, { "/conf/hdfs-site.xml": "<configuration>" });
    await assert.rejects(broken.open({ hadoopConf: "/conf" }), {
      code: "bad-input",
      message: /--hadoop-conf \/conf\/hdfs-site\.xml: /,
    });
  });

  test("words that do not go together are refused by the flag", async () => {
    const { open } = setUp();
    const refused = (words: LocalWords, message: RegExp) =>
      assert.rejects(open(words), { code: "bad-input", message });
    await refused({ keytab: "/k" }, /^--keytab is given without --principal/);
    await refused({ principal: "coeval@EAST.TEST" }, /^--principal is given without --keytab/);
    await refused({ ...KEYS, principal: "coeval" }, /^--principal 'coeval' reads neither NAME@REALM/);
    await refused(
      { ...KEYS, principal: "coeval/_HOST@EAST.TEST" },
      /write this host's name in place of _HOST/,
    );
  });

  test("what only a person can mend ends the start: no such keytab, one that may not be read, one without the key", async () => {
    const refused = (minor: number, code: string, message: RegExp) =>
      assert.rejects(setUp(minor).open(KEYS), { code, message });
    await refused(2, "kerberos-keytab", /keytab \/secret\/coeval\.keytab.*that this process may read/);
    await refused(13, "kerberos-keytab", /that this process may read/);
    await refused(KRB5 + 181, "kerberos-keytab", /klist -k KEYTAB/);
    await refused(KRB5 + 24, "kerberos-keytab", /older than the principal's present key/);
    await refused(KRB5 + 154, "kerberos-realm", /compare the realm of the principal with krb5\.conf/);
  });

  test("what may pass does not: a key server that is down, a clock that is too far off", async () => {
    for (const [minor, says] of [
      [KRB5 + 156, /no ticket yet .*the key server does not answer/],
      [KRB5 + 37, /no ticket yet .*to the same time \(NTP\)/],
    ] as const) {
      const { open, lines } = setUp(minor);
      assert.equal((await open(KEYS)).proof?.principal, "coeval@EAST.TEST");
      assert.match(lines.join("\n"), says);
    }
  });
});
