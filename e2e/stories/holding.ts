// On the secondary the holding directory is coeval's own: who owns the data can neither write into it, nor take away or
// rename a sealed snapshot, nor read past the permissions that the primary's data has.
import assert from "node:assert/strict";
import { protectWell } from "../harness/protect.ts";
import type { World } from "../harness/world.ts";
import { HdfsRefusal, type Method, type WebHdfs } from "../independent/webhdfs.ts";
import { pointHolds } from "./point-holds.ts";
import { protectedShop } from "./protected.ts";

export async function holdingIsClosed(world: World, name: string): Promise<void> {
  const story = await protectedShop(world, { name, files: 120 });
  const run = await protectWell(world, story.service);
  const { west } = world.pair;
  const { holding } = story;
  const [orders] = story.shop.directories;
  assert.ok(orders !== undefined);
  const owner = west.as(orders.owner);
  const live = `${holding}/orders`;
  const sealed = `${holding}/.snapshot/current`;

  const attempts: [what: string, Method, path: string, op: string, params?: Record<string, string>][] = [
    ["delete the sealed snapshot", "DELETE", holding, "DELETESNAPSHOT", { snapshotname: "current" }],
    ["rename it", "PUT", holding, "RENAMESNAPSHOT", { oldsnapshotname: "current", snapshotname: "mine" }],
    ["take a snapshot there", "PUT", holding, "CREATESNAPSHOT", { snapshotname: "mine" }],
    ["disallow snapshots", "PUT", holding, "DISALLOWSNAPSHOT"],
    ["make a directory beside the data", "PUT", `${holding}/mine`, "MKDIRS"],
    ["make a directory in its own data", "PUT", `${live}/mine`, "MKDIRS"],
    ["delete its own file", "DELETE", `${live}/odd/a b`, "DELETE"],
    ["delete the data", "DELETE", live, "DELETE", { recursive: "true" }],
    ["delete the holding directory", "DELETE", holding, "DELETE", { recursive: "true" }],
    ["rename the holding directory", "PUT", holding, "RENAME", { destination: "/tmp-mine" }],
    ["open the holding directory", "PUT", holding, "SETPERMISSION", { permission: "777" }],
    ["open its own directory", "PUT", live, "SETPERMISSION", { permission: "777" }],
    ["list the live tree", "GET", live, "LISTSTATUS"],
    ["write into the sealed snapshot", "PUT", `${sealed}/orders/mine`, "MKDIRS"],
    ["delete from the sealed snapshot", "DELETE", `${sealed}/orders`, "DELETE", { recursive: "true" }],
  ];
  for (const [what, method, path, op, params] of attempts) {
    await refusedTo(what, owner.call(method, path, op, params ?? {}));
  }
  await refusedTo("write a file", owner.write(`${live}/mine`, Buffer.from("mine")));
  await refusedTo(
    "append to its own file",
    owner.write(`${live}/odd/a b`, Buffer.from("mine"), { append: true }),
  );

  // What it may do is read its own data in the point, as it may on the primary; a stranger's rights are the primary's too.
  await readable(owner, `${sealed}/orders/odd/a b`);
  const closed = await closedFile(west.as(west.superuser), `${sealed}/orders`);
  await refusedTo("read what only its owner may read", readable(west.as("carol"), closed));
  await readable(owner, closed);
  // Nothing of all this has changed anything.
  await pointHolds(world, story, run);
  const next = await protectWell(world, story.service);
  await pointHolds(world, story, next);
}

async function refusedTo(what: string, attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(
    attempt,
    (error) => {
      assert.ok(error instanceof HdfsRefusal, `${what}: ${String(error)}`);
      // The cluster refuses changes of a snapshot's content by its path, everything else by the caller's rights.
      assert.match(error.message, /AccessControlException|SnapshotAccessControlException|\.snapshot/, what);
      return true;
    },
    `the data's owner could ${what}`,
  );
}

async function readable(hdfs: WebHdfs, path: string): Promise<void> {
  for await (const _ of hdfs.read(path)) return;
}

/** A file with mode 600 of the population; its ACL, if any, is masked by it. */
async function closedFile(hdfs: WebHdfs, directory: string): Promise<string> {
  for (const folder of await list(hdfs, directory)) {
    if (folder.type !== "DIRECTORY") continue;
    const path = `${directory}/${folder.pathSuffix}`;
    const found = (await list(hdfs, path)).find((file) => file.permission === "600" && file.length > 0);
    if (found !== undefined) return `${path}/${found.pathSuffix}`;
  }
  throw new Error(`no file of mode 600 in ${directory}`);
}

interface Child {
  readonly pathSuffix: string;
  readonly type: string;
  readonly permission: string;
  readonly length: number;
}

async function list(hdfs: WebHdfs, directory: string): Promise<readonly Child[]> {
  const { FileStatuses } = await hdfs.call("GET", directory, "LISTSTATUS");
  return (FileStatuses as { readonly FileStatus: readonly Child[] }).FileStatus;
}
