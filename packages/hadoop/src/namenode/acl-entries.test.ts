import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { AclEntryProtoSchema } from "../proto/generated/acl_pb.ts";
import { formatAclEntry, parseAclEntry, toAction } from "./acl-entries.ts";
import { parseXAttrName } from "./xattr-names.ts";

test("an entry's text comes back as it was", () => {
  const entries = ["user::rwx", "user:bob:r--", "group::r-x", "group:a.b-c:-w-", "mask::--x", "other::---"];
  for (const text of [...entries, ...entries.map((entry) => `default:${entry}`)]) {
    const parsed = parseAclEntry(text);
    assert.ok(parsed, text);
    assert.equal(formatAclEntry(create(AclEntryProtoSchema, parsed)), text);
  }
});

test("what is no entry is not read", () => {
  for (const text of ["", "user:rwx", "user::rw", "owner::rwx", "user:a:b:rwx", "user::rwt", "default::rwx"])
    assert.equal(parseAclEntry(text), null, text);
  assert.deepEqual(["r-x", "---", "rwx", "xwr", "rw"].map(toAction), [5, 0, 7, null, null]);
});

test("a name of an extended attribute has a namespace and something after it", () => {
  assert.deepEqual(parseXAttrName("user.a.b"), { namespace: 0, name: "a.b" });
  assert.deepEqual(parseXAttrName("Trusted.ü &"), { namespace: 1, name: "ü &" });
  for (const name of ["user", "user.", "other.a", ".a", ""]) assert.equal(parseXAttrName(name), null, name);
});
