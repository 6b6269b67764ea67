import assert from "node:assert/strict";
import { test } from "node:test";
import { type Known, sameCluster, twinsOf } from "./twins.ts";

const identity = (clusterId: string) => ({ clusterId, namespaceId: "1" });
const known = (name: string, pinned: string | null, shown: string | null): Known => ({
  name,
  pinned: pinned === null ? null : identity(pinned),
  shown: shown === null ? null : identity(shown),
});

test("the second registration of a cluster is found out; the one that was pinned first is left in peace", () => {
  const east = known("east", "CID-1", "CID-1");
  const alias = known("alias", null, "CID-1");
  const west = known("west", "CID-2", "CID-2");
  const all = [alias, east, west];
  assert.deepEqual(twinsOf(alias, all), ["east"]);
  assert.deepEqual(twinsOf(east, all), []);
  assert.deepEqual(twinsOf(west, all), []);
});

test("of two that were never pinned both are told: neither protects anything yet", () => {
  const all = [known("a", null, "CID-1"), known("b", null, "CID-1"), known("c", null, null)];
  assert.deepEqual(
    all.map((one) => twinsOf(one, all)),
    [["b"], ["a"], []],
  );
});

test("what is not known is the same as nothing", () => {
  assert.equal(sameCluster(null, null), false);
  assert.equal(sameCluster(identity("CID-1"), null), false);
  assert.equal(sameCluster(identity("CID-1"), { clusterId: "CID-1", namespaceId: "2" }), false);
  assert.equal(sameCluster(identity("CID-1"), identity("CID-1")), true);
});
