import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import type { Files } from "@coeval/core/ports/files";
import { createFiles } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "coeval-files-"));
after(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = () => join(folder, `data-${count++}`);

async function put(files: Files, path: string, text: string | Uint8Array): Promise<void> {
  const writer = await files.create(path);
  await writer.write(Buffer.from(text));
  await writer.commit();
}

async function get(files: Files, path: string, offset?: number): Promise<string> {
  let text = "";
  for await (const chunk of files.read(path, offset)) text += Buffer.from(chunk).toString("latin1");
  return text;
}

test("a file appears whole at its commit, under folders made for it, readable by nobody else", async () => {
  const root = fresh();
  const files = createFiles(root);
  const writer = await files.create("points/p1/manifest");
  await writer.write(Buffer.from("one "));
  assert.equal(await files.size("points/p1/manifest"), null);
  await writer.write(Buffer.from("two"));
  await writer.commit();
  assert.equal(await get(files, "points/p1/manifest"), "one two");
  assert.equal(await get(files, "points/p1/manifest", 4), "two");
  assert.equal(await get(files, "points/p1/manifest", 99), "");
  assert.equal(await files.size("points/p1/manifest"), 7);
  assert.equal(statSync(join(root, "points/p1/manifest")).mode & 0o777, 0o600);
  for (const made of ["", "points", "points/p1"])
    assert.equal(statSync(join(root, made)).mode & 0o777, 0o700);
});

test("an existing file is replaced at the commit, not before", async () => {
  const files = createFiles(fresh());
  await put(files, "epoch", "1");
  const writer = await files.create("epoch");
  await writer.write(Buffer.from("2"));
  assert.equal(await get(files, "epoch"), "1");
  await writer.commit();
  assert.equal(await get(files, "epoch"), "2");
});

test("what is aborted, or was under way at a crash, leaves nothing", async () => {
  const root = fresh();
  const files = createFiles(root);
  const aborted = await files.create("a");
  await aborted.write(Buffer.from("x"));
  await aborted.abort();
  await aborted.abort();
  const crashed = await files.create("b");
  await crashed.write(Buffer.from("y"));
  assert.equal(readdirSync(join(root, ".temp")).length, 1);
  const again = createFiles(root);
  assert.deepEqual(readdirSync(join(root, ".temp")), []);
  assert.deepEqual(await again.list(""), []);
  await crashed.abort();
});

test("big files are read in chunks of at most 64 KiB", async () => {
  const files = createFiles(fresh());
  await put(files, "big", Buffer.alloc(1_000_000, 7));
  let bytes = 0;
  for await (const chunk of files.read("big")) {
    assert.equal(Buffer.isBuffer(chunk), false, "slice() of a chunk copies");
    assert.ok(chunk.length > 0 && chunk.length <= 65_536);
    bytes += chunk.length;
  }
  assert.equal(bytes, 1_000_000);
});

test("folders list sorted; what is absent lists empty, has no size, and is removed gladly", async () => {
  const files = createFiles(fresh());
  for (const name of ["b", "a", "c/d"]) await put(files, `folder/${name}`, "");
  assert.deepEqual(await files.list("folder"), ["a", "b", "c"]);
  assert.deepEqual(await files.list(""), ["folder"]);
  assert.deepEqual(await files.list("folder/a"), []);
  assert.deepEqual(await files.list("none"), []);
  assert.equal(await files.size("folder"), null);
  await files.remove("folder/c");
  await files.remove("none/at/all");
  assert.deepEqual(await files.list("folder"), ["a", "b"]);
  for (const path of ["none", "folder", "folder/a/below"]) {
    await assert.rejects(
      get(files, path),
      (thrown) => thrown instanceof CoevalError && thrown.code === "file-missing",
      path,
    );
  }
});

test("nothing outside the folder can be named", async () => {
  const files = createFiles(fresh());
  for (const path of [
    "",
    "/etc/passwd",
    "..",
    "a/../../b",
    "a//b",
    "a/",
    "./a",
    "a\0b",
    ".temp/x",
    "x".repeat(1025),
  ]) {
    const isRefused = (thrown: unknown) => thrown instanceof CoevalError && thrown.code === "bad-input";
    await assert.rejects(get(files, path), isRefused, path);
    await assert.rejects(async () => files.create(path), isRefused, path);
    await assert.rejects(async () => files.size(path), isRefused, path);
    await assert.rejects(async () => files.remove(path), isRefused, path);
    if (path !== "") await assert.rejects(async () => files.list(path), isRefused, path);
  }
});

test("a data folder that anyone may write into is refused", () => {
  const root = fresh();
  mkdirSync(root);
  writeFileSync(join(root, "x"), "");
  chmodSync(root, 0o777);
  assert.throws(() => createFiles(root), /chmod 700/);
});
