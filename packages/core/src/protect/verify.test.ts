import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "../model/entry.ts";
import { chanceOf } from "../testing/chance.ts";
import { inOrder, randomLater, randomTree } from "../testing/trees.ts";
import { compare, MISMATCH_MAX } from "./verify.ts";

async function* each(entries: readonly Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}

const told = async (expected: readonly Entry[], actual: readonly Entry[]) =>
  compare(each(expected), each(actual));

/** Everything that makes an entry equal but its content, which is compared by digest when it moves. */
function seen(entries: readonly Entry[]): Map<string, string> {
  return new Map(
    entries.map((entry) => {
      const { id: _id, sha256: _sha, open: _open, atimeMs: _atime, ...rest } = entry;
      const times = entry.path === "" ? { mtimeMs: 0 } : {};
      return [`${entry.set}:${entry.path}`, JSON.stringify({ ...rest, ...times, acl: entry.acl ?? [] })];
    }),
  );
}

test("exactly the places that differ are told, in both directions", async () => {
  for (let seed = 1; seed <= 400; seed++) {
    const chance = chanceOf(seed);
    const tree = randomTree(chance, 10);
    const [left, right] = [inOrder(tree), inOrder(randomLater(chance, tree, 5))];
    const [a, b] = [seen(left), seen(right)];
    const differing = [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
    const found = (await told(left, right)).map(({ set, path }) => `${set}:${path}`);
    if (differing.length > MISMATCH_MAX) assert.equal(found.length, MISMATCH_MAX, `seed ${seed}`);
    else assert.deepEqual(found.toSorted(), differing.toSorted(), `seed ${seed}`);
  }
});

test("a difference says what differs", async () => {
  const [file] = inOrder(randomTree(chanceOf(1), 20)).filter(({ type }) => type === "file") as [Entry];
  const cases = [
    [{ length: file.length + 1 }, `length ${file.length} ≠ ${file.length + 1}`],
    [{ mtimeMs: 5 }, `mtime ${file.mtimeMs} ≠ 5`],
    [{ blockSize: 7 }, "block size"],
    [{ owner: "x" }, "attributes"],
    [{ mode: 1, mtimeMs: 5 }, `mtime ${file.mtimeMs} ≠ 5, attributes`],
    [{ type: "directory" }, "type"],
  ] as const;
  for (const [change, what] of cases)
    assert.equal((await told([file], [{ ...file, ...change }]))[0]?.what, what);
  assert.deepEqual(await told([file], []), [{ set: file.set, path: file.path, what: "missing" }]);
  assert.deepEqual(await told([], [file]), [{ set: file.set, path: file.path, what: "unexpected" }]);
});

test("a data set's own directory is not held to its time, which a snapshot sets", async () => {
  const [root] = inOrder(randomTree(chanceOf(1), 3)) as [Entry];
  assert.equal(root.path, "");
  assert.deepEqual(await told([root], [{ ...root, mtimeMs: 5 }]), []);
  assert.equal((await told([root], [{ ...root, owner: "x" }])).length, 1);
});

test("the comparison stops once enough is told, and closes both listings", async () => {
  const closed: string[] = [];
  async function* endless(name: string): AsyncGenerator<Entry> {
    try {
      for (let i = 0; ; i++) yield { set: name, path: String(i).padStart(9, "0"), type: "file" } as Entry;
    } finally {
      closed.push(name);
    }
  }
  assert.equal((await compare(endless("a"), endless("b"))).length, MISMATCH_MAX);
  assert.deepEqual(closed, ["a", "b"]);
});
