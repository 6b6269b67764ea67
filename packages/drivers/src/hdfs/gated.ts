/** A file system behind a gate: whatever changes something asks first whether it still may. */
import type { FileSystem } from "./file-system.ts";

/** @param gate throws when nothing may be changed any more; asked right before each change is sent. */
export function gated(fs: FileSystem, gate: () => void): FileSystem {
  const guard =
    <Given extends unknown[], Result>(act: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      gate();
      return act(...given);
    };
  return {
    ...fs,
    makeDirectory: guard(fs.makeDirectory),
    create: guard(fs.create),
    rename: guard(fs.rename),
    remove: guard(fs.remove),
    setOwner: guard(fs.setOwner),
    setMode: guard(fs.setMode),
    setTimes: guard(fs.setTimes),
    setReplication: guard(fs.setReplication),
    setAcl: guard(fs.setAcl),
    removeAcl: guard(fs.removeAcl),
    setXattr: guard(fs.setXattr),
    removeXattr: guard(fs.removeXattr),
    allowSnapshot: guard(fs.allowSnapshot),
    createSnapshot: guard(fs.createSnapshot),
    deleteSnapshot: guard(fs.deleteSnapshot),
    renameSnapshot: guard(fs.renameSnapshot),
  };
}
