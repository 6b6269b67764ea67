/** One suite for every driver of HDFS: the memory driver passes it as a unit test, the real one on real clusters. */
import type { ConformanceCluster, Ground, Scenario, Test } from "./harness.ts";
import { type Histories, historyTests } from "./history-tests.ts";
import { listingTests } from "./listing-tests.ts";
import { sealTests } from "./seal-tests.ts";
import { snapshotTests } from "./snapshot-tests.ts";
import { switchTests } from "./switch-tests.ts";
import { makeDirectories } from "./trees.ts";

/**
 * @param makeCluster called for each test; may give the same one again, since every test has a folder of its own.
 */
export function conformanceSuite(
  name: string,
  test: Test,
  makeCluster: () => Promise<ConformanceCluster>,
  histories: Histories,
): void {
  let count = 0;
  const slug = name.replaceAll(/[^a-z]+/g, "-");
  const scenario: Scenario = (title, body) => {
    const folder = `/conformance/${slug}/${++count}`;
    test(`${name}: ${title}`, async () => {
      const ground: Ground = { cluster: await makeCluster(), folder, cancel: new AbortController().signal };
      await makeDirectories(ground, folder);
      await body(ground);
    });
  };
  snapshotTests(scenario);
  listingTests(scenario);
  switchTests(scenario);
  sealTests(scenario);
  historyTests(scenario, histories);
}
