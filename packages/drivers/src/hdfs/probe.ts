/** What the cluster says of itself now, a cluster that is down included. */
import { toFailure } from "@coeval/core/errors";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { FileSystem } from "./file-system.ts";

export async function probeCluster(fs: FileSystem, cancel: AbortSignal): Promise<ClusterStatus> {
  try {
    const [identity, state] = await Promise.all([fs.identity(cancel), fs.state(cancel)]);
    const cause = state.safeMode ? "the NameNode is in safe mode" : null;
    const { version, safeMode, capacityBytes, remainingBytes } = state;
    return { reachable: true, cause, identity, version, safeMode, capacityBytes, remainingBytes };
  } catch (thrown) {
    if (cancel.aborted) throw thrown;
    const { code, message } = toFailure(thrown);
    const cause = message.split("\n", 1)[0] as string;
    const nothing = { identity: null, version: null, capacityBytes: null, remainingBytes: null };
    return { reachable: false, cause, code, safeMode: false, ...nothing };
  }
}
