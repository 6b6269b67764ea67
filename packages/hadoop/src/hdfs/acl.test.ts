import assert from "node:assert/strict";
import { test } from "node:test";
import { fullAcl } from "./acl.ts";

const acl = (permission: number, ...entries: string[]) =>
  fullAcl({ owner: "o", group: "g", permission, entries });

test("an inode without a list needs none", () => {
  assert.equal(acl(0o755), null);
});

test("with named entries the group bits are the mask", () => {
  const expected = ["user::rwx", "user:bob:rwx", "group::r-x", "mask::r--", "other::--x"];
  assert.deepEqual(acl(0o1741, "user:bob:rwx", "group::r-x"), expected);
});

test("with a default list alone the group bits are the group's own", () => {
  const defaults = ["default:user::rwx", "default:group::r-x", "default:other::---"];
  assert.deepEqual(acl(0o750, ...defaults), ["user::rwx", "group::r-x", "other::---", ...defaults]);
});
