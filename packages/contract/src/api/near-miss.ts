/** The word that was probably meant: for unknown keys, commands and codes. */
import { nearMiss } from "@coeval/core/model/near-miss";

export { nearMiss };

/** `unknown key 'windw'; did you mean 'window'?` for each key. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const told = keys.slice(0, 10).map((key) => {
    const meant = nearMiss(key, known);
    return `unknown key '${key.slice(0, 60)}'${meant === null ? "" : `; did you mean '${meant}'?`}`;
  });
  const nothingNear = told.every((text) => !text.includes("did you mean"));
  return told.join(", ") + (nothingNear ? `; known are ${known.join(", ")}` : "");
}
