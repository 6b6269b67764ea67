/** What the sender learns of each file of a plan while it is sent: its content's digest. */
import type { Change } from "@coeval/core/protect/transfer";

/** The digest of the content of one `put` of a file. */
export interface FileDigest {
  readonly number: number;
  readonly sha256: string;
}

/** Content files in a plan. */
export function isContent(change: Change): change is Extract<Change, { kind: "put" }> {
  return change.kind === "put" && change.entry.type === "file";
}
