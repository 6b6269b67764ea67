/** Which alerts are to be raised and which are over. A trouble counts once it has lasted, and as gone once it has stayed away. */
import type { OpenAlert } from "@coeval/store/control/alert-open";
import type { Trouble } from "./troubles.ts";

/** What comes and goes faster is not told: agents come back within it after a restart. */
export const HOLD_OFF_MS = 15_000;

export interface AlertChanges {
  /** Troubles that have lasted and are not told yet. */
  readonly raised: readonly Trouble[];
  /** Told ones that have stayed away. */
  readonly over: readonly OpenAlert[];
}

export interface Holding {
  /** Looks at what is, against what was told. */
  look(troubles: readonly Trouble[], open: readonly OpenAlert[], elapsedMs: number): AlertChanges;
}

/** Forgotten at a restart: then each change is held off once more, and none is lost. */
export function createHolding(): Holding {
  /** Key → since when what is differs from what was told. */
  let differing = new Map<string, number>();
  return {
    look(troubles, open, elapsedMs) {
      const present = new Set(troubles.map(({ key }) => key));
      const told = new Set(open.map(({ key }) => key));
      const raised = troubles.filter(({ key }) => !told.has(key));
      const over = open.filter(({ key }) => !present.has(key));
      const keys = [...raised, ...over].map(({ key }) => key);
      differing = new Map(keys.map((key) => [key, differing.get(key) ?? elapsedMs]));
      const held = ({ key }: { readonly key: string }) =>
        elapsedMs - (differing.get(key) ?? elapsedMs) >= HOLD_OFF_MS;
      return { raised: raised.filter(held), over: over.filter(held) };
    },
  };
}
