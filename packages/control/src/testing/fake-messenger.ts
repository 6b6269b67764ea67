/** Targets that take what comes, refuse it, or hang, as a test says. */
import { CoevalError } from "@coeval/core/errors";
import type { AlertMessage, Messenger } from "@coeval/core/ports/messenger";

export interface FakeMessenger extends Messenger {
  /** What was taken, in order. */
  readonly taken: { readonly target: string; readonly message: AlertMessage }[];
  /** Tries, whatever came of them. */
  readonly tries: string[];
  /** How a target behaves from now on. */
  readonly behaves: Map<string, "refuses" | "hangs">;
}

export function createFakeMessenger(...targets: string[]): FakeMessenger {
  const taken: FakeMessenger["taken"] = [];
  const tries: string[] = [];
  const behaves = new Map<string, "refuses" | "hangs">();
  return {
    targets,
    taken,
    tries,
    behaves,
    async send(target, message) {
      tries.push(target);
      const how = behaves.get(target);
      if (how === "refuses") throw new CoevalError("not-delivered", `${target} answered 500`);
      // One that heeds no signal: it never ends.
      if (how === "hangs") await new Promise(() => undefined);
      taken.push({ target, message });
    },
  };
}
