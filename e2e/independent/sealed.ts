// Proves a sealed snapshot on the secondary against its manifest, by the witness's own walk: for points whose base on the
// primary was released long ago. Every entry, every field that the manifest states, every byte.
import { readFileSync } from "node:fs";
import { walk } from "./walk.ts";
import type { WebHdfs } from "./webhdfs.ts";

export interface SealedPlace {
  readonly secondary: WebHdfs;
  readonly holding: string;
  /** The snapshot's name in the holding directory. */
  readonly sealed: string;
  /** Data set's name in the manifest → its directory below the holding directory. */
  readonly sets: ReadonlyMap<string, string>;
  readonly manifest: string;
}

interface Line {
  readonly set: string;
  readonly path: string;
  readonly type: string;
  readonly length: number;
  readonly owner: string;
  readonly group: string;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly sha256?: string;
}

/** What differs, in words; empty when the point holds. */
export async function sealedDiffers(place: SealedPlace): Promise<string[]> {
  const stated = new Map<string, Line>();
  for (const text of readFileSync(place.manifest, "utf8").split("\n")) {
    if (text === "") continue;
    const line = JSON.parse(text) as Line;
    stated.set(`${line.set}\n${line.path}`, line);
  }
  const wrong: string[] = [];
  for (const [set, directory] of place.sets) {
    for await (const here of walk(
      place.secondary,
      `${place.holding}/.snapshot/${place.sealed}/${directory}`,
    )) {
      const key = `${set}\n${here.path}`;
      const line = stated.get(key);
      stated.delete(key);
      if (line === undefined) {
        wrong.push(`${set} ${here.path}: not in the manifest`);
        continue;
      }
      const there = {
        type: line.type,
        length: line.length,
        owner: line.owner,
        group: line.group,
        permission: line.mode.toString(8),
        ...(here.path === "" ? {} : { mtimeMs: line.mtimeMs }),
        ...(line.type === "file" ? { sha256: line.sha256 } : {}),
      };
      for (const [field, value] of Object.entries(there)) {
        const found = here[field as keyof typeof there];
        if (found !== value) wrong.push(`${set} ${here.path} ${field}: stated ${value}, found ${found}`);
      }
    }
  }
  for (const { set, path } of stated.values())
    wrong.push(`${set} ${path}: in the manifest, not in the point`);
  return wrong;
}
