// Moments under living writers: a causal writer (A, then B), mutators, and an appender that never closes its file.
// Each point's moment is the one asked for, no snapshot began before it, B is never ahead of A beyond what the receipts
// allow, and the whole point equals the primary's snapshots by the independent walk.
import assert from "node:assert/strict";
import type { Run } from "../harness/answers.ts";
import { protectAt, protectWell } from "../harness/protect.ts";
import type { World } from "../harness/world.ts";
import { type PointPlaces, sealedPath } from "../independent/point.ts";
import type { WebHdfs } from "../independent/webhdfs.ts";
import { startAppender } from "../workload/appender.ts";
import { type CausalWriter, startCausalWriter } from "../workload/causal.ts";
import { startMutators } from "../workload/mutators.ts";
import { judgeMoment, type TakenBetween } from "../workload/one-moment.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, protectedShop } from "./protected.ts";

export interface MomentsOptions {
  readonly name: string;
  readonly moments: number;
  readonly files: number;
  readonly seed: number;
  readonly snapshottable: "each" | "covering";
  /** Told after each moment. */
  readonly report: (line: string) => void;
}

/** The writers' clock is this host's, the receipts' the control device's, the same one; ISO times are cut to whole ms. */
const CLOCK_SLACK_MS = 1;
const APPENDER_FILE = "stream.log";
const AHEAD_MS = 2000;
/** Some twenty changes a second; without rest they would outrun what a host of two cores can copy meanwhile. */
const WRITERS_PAUSE_MS = 100;

export async function momentsUnderWriters(world: World, options: MomentsOptions): Promise<void> {
  const story = await protectedShop(world, { ...options, progress: options.report });
  const { east } = world.pair;
  const [orders, items] = story.shop.directories;
  assert.ok(orders !== undefined && items !== undefined);
  const appender = await startAppender({
    path: `${items.path}/${APPENDER_FILE}`,
    user: items.owner,
    clientConf: east.clientConf,
    classPath: east.classPath,
    dir: world.dir,
  });
  const writer = await startCausalWriter({
    orders: { path: orders.path, hdfs: east.as(orders.owner) },
    items: { path: items.path, hdfs: east.as(items.owner) },
    lanes: 2,
    pauseMs: WRITERS_PAUSE_MS,
  });
  const mutators = await startMutators({
    shop: story.shop,
    as: east.as,
    seed: options.seed,
    pauseMs: WRITERS_PAUSE_MS,
  });
  try {
    let before = 0;
    for (let number = 1; number <= options.moments; number++) {
      const { asked, run } = await protectAt(world, story.service, AHEAD_MS);
      assert.equal(run.moment, asked, "the point's moment is the one asked for, to the millisecond");
      const proven = await pointHolds(world, story, run, { writersLive: true });
      const ahead = await causality(world, story, run, writer);
      const open = [...proven.open].flatMap(([set, files]) => [...files].map(([path]) => `${set}/${path}`));
      judgeOpen(open, appender.path);
      const stated: number | undefined = proven.open.get(items.path)?.get(APPENDER_FILE);
      assert.ok(stated !== undefined, "the appender's file is stated as open");
      assert.ok(stated >= before, `its stated length never shrinks: ${before}, then ${stated}`);
      before = stated;
      options.report(told(number, run, proven.entries, ahead, stated));
    }
  } finally {
    await appender.kill();
    await Promise.allSettled([writer.stop(), mutators.stop()]);
  }
  await writer.stop();
  await mutators.stop();
  // Now that nothing moves, directories' times must be equal as well.
  await pointHolds(world, story, await protectWell(world, story.service));
  options.report(`${writer.orders.size} orders, ${writer.items.size} items, ${mutators.done} other changes`);
}

/** Only files that somebody was writing may be taken by a prefix: one that is closed must be there whole. */
function judgeOpen(open: readonly string[], appender: string): void {
  for (const path of open) {
    const writing = path === appender || /\/(causal|moving)\//.test(path);
    assert.ok(writing, `${path} was not open, yet only a prefix of it is stated`);
  }
}

async function causality(
  world: World,
  story: Protected,
  run: Run,
  writer: CausalWriter,
): Promise<{ readonly orders: number; readonly items: number; readonly ahead: number }> {
  const { west } = world.pair;
  const secondary = west.as(west.superuser);
  const held = async (path: string): Promise<Set<number>> =>
    serialsIn(secondary, sealedPath({ source: story.source, holding: story.holding }, path));
  const [orders, items] = await Promise.all([held(writer.ordersPath), held(writer.itemsPath)]);
  const judged = judgeMoment(
    writer,
    {
      orders,
      items,
      ordersTaken: takenOf(run, writer.ordersPath),
      itemsTaken: takenOf(run, writer.itemsPath),
    },
    CLOCK_SLACK_MS,
  );
  assert.deepEqual(judged.wrong, []);
  if (run.grade?.kind === "exact")
    assert.equal(judged.ahead, 0, "one covering snapshot holds no B without its A");
  return { orders: orders.size, items: items.size, ahead: judged.ahead };
}

function takenOf(run: Pick<Run, "receipts">, path: string): TakenBetween {
  const receipt = run.receipts.find(({ root }) => path.startsWith(`${root}/`));
  assert.ok(receipt !== undefined, `no receipt covers ${path}`);
  return { earliest: Date.parse(receipt.earliest), latest: Date.parse(receipt.latest) };
}

async function serialsIn(hdfs: WebHdfs, path: PointPlaces["holding"]): Promise<Set<number>> {
  const serials = new Set<number>();
  let after: string | undefined;
  for (;;) {
    const params: Record<string, string> = after === undefined ? {} : { startAfter: after };
    const { DirectoryListing } = await hdfs.call("GET", path, "LISTSTATUS_BATCH", params);
    const { partialListing, remainingEntries } = DirectoryListing as {
      partialListing: { FileStatuses: { FileStatus: { pathSuffix: string }[] } };
      remainingEntries: number;
    };
    const page = partialListing.FileStatuses.FileStatus;
    for (const { pathSuffix } of page) serials.add(Number(pathSuffix));
    after = page.at(-1)?.pathSuffix;
    if (remainingEntries === 0 || after === undefined) return serials;
  }
}

function told(
  number: number,
  run: Run,
  entries: number,
  held: { readonly orders: number; readonly items: number; readonly ahead: number },
  openBytes: number,
): string {
  const took = Date.parse(run.endedAt ?? run.startedAt) - Date.parse(run.startedAt);
  const { grade, moved } = run;
  return (
    `moment ${number} ${run.moment}: ${grade?.kind}, spread ${grade?.spreadMs} ms, window ${grade?.windowMs} ms; ` +
    `${entries} entries equal; moved ${moved?.files} files, ${moved?.bytes} bytes, ${moved?.deletions} deletions; ` +
    `A ${held.orders} B ${held.items}, ${held.ahead} ahead within the receipts; open file ${openBytes} bytes; ${took} ms`
  );
}
