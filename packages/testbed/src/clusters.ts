/** Starts several clusters side by side, all or none. */
import { join } from "node:path";
import { hdfsClassPath, type Progress } from "./class-path.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import type { ClusterOptions } from "./options.ts";

export interface StartAllRequest<Name extends string> {
  /** Each cluster gets the folder `dir/NAME`. */
  readonly dir: string;
  /** Names and options, for instance `{ east: {}, west: { captureOpenFiles: true } }`. */
  readonly clusters: Readonly<Record<Name, ClusterOptions>>;
  readonly keepData?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

/** The clusters by name. When one does not come up, the others are ended and its error is thrown. */
export async function startClusters<Name extends string>(
  request: StartAllRequest<Name>,
): Promise<Record<Name, Cluster>> {
  // Resolved once, before the clusters ask for it at the same time.
  await hdfsClassPath(request.progress, request.signal);
  const names = Object.keys(request.clusters) as Name[];
  const outcomes = await Promise.allSettled(
    names.map((name) =>
      startCluster({
        name,
        dir: join(request.dir, name),
        options: request.clusters[name],
        keepData: request.keepData,
        signal: request.signal,
        progress: request.progress,
      }),
    ),
  );
  const started = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) {
    await stopClusters(started);
    throw failure.reason;
  }
  return Object.fromEntries(started.map((cluster) => [cluster.name, cluster])) as Record<Name, Cluster>;
}

/** Ends clusters, all at the same time. */
export async function stopClusters(clusters: Iterable<Cluster>): Promise<void> {
  await Promise.all([...clusters].map((cluster) => cluster.stop()));
}
