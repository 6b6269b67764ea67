/** The file system of a cluster that cannot even be asked: every call fails with the reason, wherever it is shown to people. */
import type { CoevalError } from "@coeval/core/errors";
import type { FileSystem } from "./file-system.ts";

export function refusing(user: string, reason: CoevalError): FileSystem {
  const fail = async (): Promise<never> => {
    throw reason;
  };
  const failEach = (): AsyncIterable<never> => ({
    [Symbol.asyncIterator]: () => ({ next: fail }),
  });
  return {
    user,
    superuser: fail,
    status: fail,
    listPage: fail,
    makeDirectory: fail,
    create: fail,
    open: failEach,
    rename: fail,
    remove: fail,
    removeEmpty: fail,
    setOwner: fail,
    setMode: fail,
    setTimes: fail,
    setReplication: fail,
    acl: fail,
    setAcl: fail,
    removeAcl: fail,
    xattrs: fail,
    setXattr: fail,
    removeXattr: fail,
    allowSnapshot: fail,
    disallowSnapshot: fail,
    createSnapshot: fail,
    deleteSnapshot: fail,
    renameSnapshot: fail,
    snapshots: fail,
    snapshottableRoots: fail,
    snapshotDiff: failEach,
    openFiles: fail,
    contentSummary: fail,
    state: fail,
    liveDataNodes: fail,
    setting: fail,
  };
}
