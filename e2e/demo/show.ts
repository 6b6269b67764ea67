// What the demo does, in order: clusters, product, data, workload, moments, proof; and the end of everything.
import { performance } from "node:perf_hooks";
import type { Pair } from "../harness/clusters.ts";
import { testClusters } from "../harness/clusters.ts";
import { protectedShop, type Protected } from "../stories/protected.ts";
import { startWorld, type World } from "../harness/world.ts";
import { watchMoments } from "./moments.ts";
import { proveLast, tellCertificate, tellNext } from "./proof.ts";
import { seconds } from "./scene.ts";
import type { Screen } from "./screen.ts";
import type { DemoWords } from "./words.ts";
import { startWorkload } from "./workload.ts";

/** Two services of one company: the shop is pushed, its branch is pulled. */
const SHOP = "shop";
const BRANCH = "branch";
/** Of all files. */
const BRANCH_SHARE = 0.2;

export async function performDemo(words: DemoWords, screen: Screen, stop: AbortSignal): Promise<void> {
  const begunAt = performance.now();
  const say = (line: string): void =>
    screen.say(`${seconds(performance.now() - begunAt).padStart(8)}  ${line}`);
  const ends: (() => Promise<void>)[] = [];
  try {
    say("two real HDFS clusters, east and west: a NameNode and a DataNode each");
    const pair = await testClusters({}, say);
    ends.push(() => pair.close());
    stop.throwIfAborted();

    say("a control device, an agent beside each cluster; enrolled with one-use tokens, mutual TLS");
    const world = await startWorld({ pair });
    ends.push(() => world.stop());
    stop.throwIfAborted();

    say(`a shop on east: orders, items, returns; ${words.files} files with owners, modes, ACLs, odd names`);
    const policy = { moments: [`every: ${words.everySeconds}s`], rpo: "1m" };
    const every = `every ${words.everySeconds} s`;
    const branch = await protectedShop(world, {
      name: BRANCH,
      files: Math.ceil(words.files * BRANCH_SHARE),
      seed: 2,
      words: { ...policy, direction: "pull" },
    });
    say(
      `its branch likewise; both are services now, by policy: ${every}, the branch is pulled, the shop is pushed`,
    );
    const story = await protectedShop(world, {
      name: SHOP,
      files: words.files,
      seed: 1,
      words: policy,
      progress: say,
    });
    stop.throwIfAborted();

    say("a living workload: order, then the item that names it; renames, appends, deletions, attributes");
    const workload = await startWorkload(world, story.shop, say);
    ends.push(() => workload.stop());
    stop.throwIfAborted();
    await perform({ words, screen, stop, world, pair, story, branch, workload, begunAt, say });
  } finally {
    for (const end of ends.toReversed()) {
      // One that fails must not keep the others from ending.
      await end().catch((error: unknown) => say(`not ended in order: ${(error as Error).message}`));
    }
    screen.end();
    say("everything has ended; nothing is left behind");
  }
}

interface Stage {
  readonly words: DemoWords;
  readonly screen: Screen;
  readonly stop: AbortSignal;
  readonly world: World;
  readonly pair: Pair;
  readonly story: Protected;
  readonly branch: Protected;
  readonly workload: Awaited<ReturnType<typeof startWorkload>>;
  readonly begunAt: number;
  readonly say: (line: string) => void;
}

async function perform(stage: Stage): Promise<void> {
  const { words, screen, stop, world, story, branch, say, begunAt } = stage;
  let first = true;
  const services = [story.service, branch.service];
  const over = await watchMoments({ ...stage, services }, (run) => {
    if (!first || run.phase !== "done") return;
    first = false;
    say(`★ the first recovery point is sealed, ${seconds(performance.now() - begunAt)} after the start`);
  });
  screen.end();
  stop.throwIfAborted();
  const lastOf = ({ service }: Protected) =>
    over.findLast((run) => run.service === service && run.phase === "done");
  const last = lastOf(story);
  if (last === undefined) throw new Error("no moment became a recovery point; see what was said above");
  for (const each of [branch, story]) {
    const run = lastOf(each);
    if (run !== undefined) await proveLast(world, each, run, say);
  }
  await tellCertificate(world, last, say);
  await tellNext(world, story, last, words.keep, say);
  if (words.keep) await new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve()));
}
