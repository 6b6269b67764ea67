/** A process's life: once it is over, nothing that it called comes back and nothing that it calls is done any more. */

export interface Life {
  readonly dead: boolean;
  /** Calls of its ports so far, for crashes at any of them. */
  readonly calls: number;
  end(): void;
  /** A port of this life. Calls of a dead one never come back. */
  port<T extends object>(port: T): T;
}

/** Before: it is not done · during: it is done, and nobody hears of it. */
export type When = "before" | "during";

/** @param call hears of every call twice, before it is done and right after; a life that it ends ends right there. */
export function createLife(call: (name: string, count: number, when: When) => void): Life {
  let dead = false;
  let calls = 0;
  const never = (): Promise<never> => new Promise(() => undefined);

  async function* streamed(items: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const item of items) {
      if (dead) await never();
      yield item;
    }
    if (dead) await never();
  }

  function watched(value: unknown): unknown {
    if (isStream(value)) return streamed(value);
    if (!(value instanceof Promise)) return value;
    return value.then(
      (result: unknown) => (dead ? never() : watched(result)),
      (thrown: unknown) => (dead ? never() : Promise.reject(thrown)),
    );
  }

  return {
    get dead() {
      return dead;
    },
    get calls() {
      return calls;
    },
    end: () => void (dead = true),
    port: (port) =>
      new Proxy(port, {
        get(target, key) {
          const member: unknown = Reflect.get(target, key);
          if (typeof member !== "function") return member;
          return (...given: unknown[]) => {
            const count = ++calls;
            call(String(key), count, "before");
            if (dead) return never();
            const result: unknown = Reflect.apply(member, target, given);
            call(String(key), count, "during");
            return watched(result);
          };
        },
      }),
  };
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
