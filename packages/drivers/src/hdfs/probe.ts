/** What the cluster says of itself now, a cluster that is down included. */
import { toFailure } from "@coeval/core/errors";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { FileSystem } from "./file-system.ts";

export async function probeCluster(fs: FileSystem, cancel: AbortSignal): Promise<ClusterStatus> {
  try {
    const state = await fs.state(cancel);
    const cause = state.safeMode ? "the NameNode is in safe mode" : null;
    const { identity, version, safeMode, capacityBytes, remainingBytes } = state;
    return { reachable: true, cause, identity, version, safeMode, capacityBytes, remainingBytes };
  } catch (thrown) {
    const waiting = cancel.aborted ? fs.waitingFor?.() : undefined;
    if (cancel.aborted && waiting === undefined) throw thrown;
    const failure = toFailure(thrown);
    const code = waiting?.code ?? failure.code;
    // What was given up is the caller's own word; whom it waited for is not known to it.
    const said = waiting === undefined ? failure.message : `${reasonOf(cancel)}: ${waiting.text}`;
    const cause = said.split("\n", 1)[0] as string;
    const nothing = { identity: null, version: null, capacityBytes: null, remainingBytes: null };
    return { reachable: false, cause, code, safeMode: false, ...nothing };
  }
}

function reasonOf({ reason }: AbortSignal): string {
  return reason instanceof Error ? reason.message : String(reason);
}
