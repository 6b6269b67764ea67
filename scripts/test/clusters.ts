// The one pair of real clusters that the suites share: started before the first file, stopped after the last. A file
// finds them, described as `coeval testbed up -o json` prints them, in the file that COEVAL_CLUSTERS names.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startClusters, stopClusters } from "@coeval/testbed/clusters";
import { describe } from "@coeval/testbed/up";
import { root } from "../house/sources.ts";

/** Runs `work` with the environment that names the clusters. Their folder stays when it throws, for its logs. */
export async function withClusters(
  work: (env: NodeJS.ProcessEnv) => Promise<unknown>,
  signal: AbortSignal,
  print: (text: string) => void,
): Promise<void> {
  const parent = join(root, ".testbed");
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, "test-"));
  const start = performance.now();
  const progress = (line: string): void => print(`  ${line}\n`);
  const clusters = Object.values(
    await startClusters({ dir, clusters: { east: {}, west: {} }, signal, progress }),
  );
  try {
    const description = join(dir, "clusters.json");
    writeFileSync(description, JSON.stringify({ clusters: clusters.map(describe) }));
    print(`  the clusters were up after ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
    await work({ COEVAL_CLUSTERS: description });
  } finally {
    await stopClusters(clusters);
  }
  rmSync(dir, { recursive: true, force: true });
}
