/** An entry of a listing as the domain knows it; what cannot be carried over is refused here, by name. */
import { CoevalError } from "@coeval/core/errors";
import type { Listed } from "@coeval/core/ports/source";
import type { FileStatus } from "./file-system.ts";

/** @throws CoevalError `encryption-zone` or `unsupported`, naming `shownPath`. */
export function toListed(set: string, path: string, status: FileStatus, shownPath: string): Listed {
  refuseUncarried(status, shownPath);
  const file = status.type === "file";
  return {
    set,
    path,
    type: file ? "file" : "directory",
    id: status.id,
    length: file ? status.length : 0,
    mtimeMs: status.mtimeMs,
    atimeMs: file ? status.atimeMs : 0,
    owner: status.owner,
    group: status.group,
    mode: status.mode,
    replication: file ? status.replication : 0,
    blockSize: file ? status.blockSize : 0,
    hasAcl: status.hasAcl,
  };
}

/** @throws CoevalError `encryption-zone` or `unsupported`. */
export function refuseUncarried(status: FileStatus, shownPath: string): void {
  if (status.encrypted) throw new CoevalError("encryption-zone", `${shownPath} lies in an encryption zone`);
  if (status.type === "symlink") throw new CoevalError("unsupported", `${shownPath} is a symbolic link`);
  if (status.erasureCoded) {
    throw new CoevalError("unsupported", `${shownPath} is erasure-coded, which cannot be carried over yet`);
  }
}
