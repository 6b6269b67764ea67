import assert from "node:assert/strict";
import { test } from "node:test";
import { RULES_CHARACTERS_MAX, shortNameOf } from "./auth-to-local.ts";

const named = (principal: string, rules?: string): string | null =>
  shortNameOf(principal, { rules, realm: "EAST.TEST" });

test("without rules the first part, of the cluster's own realm alone", () => {
  assert.equal(named("alice@EAST.TEST"), "alice");
  assert.equal(named("coeval/host.example@EAST.TEST"), "coeval");
  assert.equal(named("alice@WEST.TEST"), null);
  assert.equal(named("alice@EAST.TEST", "  DEFAULT\n"), "alice");
});

test("the first rule that fits decides", () => {
  const rules = `
    RULE:[2:$1@$0](nn@.*)s/.*/hdfs/
    RULE:[1:$1@$0](coeval-[a-z]+@EAST\\.TEST)s/-.*//
    RULE:[1:$1@$0](.*@WEST\\.TEST)s/@.*///L
    DEFAULT`;
  assert.equal(named("nn/localhost@EAST.TEST", rules), "hdfs");
  assert.equal(named("coeval-prod@EAST.TEST", rules), "coeval");
  assert.equal(named("Alice@WEST.TEST", rules), "alice");
  assert.equal(named("bob@EAST.TEST", rules), "bob");
  assert.equal(named("dn/localhost@EAST.TEST", rules), "dn");
  assert.equal(named("bob@NORTH.TEST", rules), null);
});

test("a replacement is made once, or everywhere; a name that is a principal again is nobody's", () => {
  assert.equal(named("a.b.c@EAST.TEST", "RULE:[1:$1]s/\\./_/"), "a_b.c");
  assert.equal(named("a.b.c@EAST.TEST", "RULE:[1:$1]s/\\./_/g"), "a_b_c");
  assert.equal(named("alice@EAST.TEST", "RULE:[1:$1@$0]"), null);
});

test("what is no rule is named", () => {
  assert.throws(() => named("a@EAST.TEST", "RULE:[1:$1]\nnonsense"), /"nonsense" is no rule/);
  assert.throws(() => named("a@EAST.TEST", "RULE:[1:$1](+)"), /"\^\(\?:\+\)\$" is no regular expression/);
  assert.throws(
    () => named("a@EAST.TEST", " ".repeat(RULES_CHARACTERS_MAX + 1)),
    /more than 262144 characters/,
  );
});
