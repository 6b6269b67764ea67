/** Folders of ours: nobody but their owner reads them, and nobody else may have been able to plant something in them. */
import { mkdirSync, statSync } from "node:fs";
import { CoevalError } from "@coeval/core/errors";

export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

/** Makes the folder (0700) with its parents; one that exists stays as it is, but is refused when anyone may write into it. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  if ((statSync(folder).mode & 0o002) !== 0) {
    throw new CoevalError(
      "bad-input",
      `anyone may write into the data folder ${folder}: run chmod 700 ${folder}`,
    );
  }
}
