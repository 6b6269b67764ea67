/** Safe mode: a NameNode that serves reads and refuses changes. Source: ClientProtocol.setSafeMode of
 * hadoop-hdfs-client 3.4. */
import { SafeModeActionProto as Action } from "../proto/generated/cluster_calls_pb.ts";
import { CALLS, type NameNode } from "./name-node.ts";

/** Asked of the active NameNode. */
export interface SafeMode {
  isInSafeMode(cancel?: AbortSignal): Promise<boolean>;
  /** Superusers only. Resolves with whether safe mode is on now. */
  enterSafeMode(cancel?: AbortSignal): Promise<boolean>;
  /** Superusers only. Resolves with whether safe mode is on now. */
  leaveSafeMode(cancel?: AbortSignal): Promise<boolean>;
}

export function createSafeMode(nameNode: NameNode): SafeMode {
  // Checked: a NameNode that stands by does not answer for itself.
  const set = (action: Action, cancel: AbortSignal | undefined): Promise<boolean> =>
    nameNode.read(CALLS.setSafeMode, "/", { action, checked: true }, ({ result }) => result, cancel);
  return {
    isInSafeMode: (cancel) => set(Action.SAFEMODE_GET, cancel),
    enterSafeMode: (cancel) => set(Action.SAFEMODE_ENTER, cancel),
    leaveSafeMode: (cancel) => set(Action.SAFEMODE_LEAVE, cancel),
  };
}
