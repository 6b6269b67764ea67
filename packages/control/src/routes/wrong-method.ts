/** An address that exists, asked with a method it does not take, answers 405 and names those it takes. */
import { CoevalError, problemOf } from "@coeval/contract/api/problem";
import type { Api } from "./deps.ts";
import { sendProblem } from "./problem-reply.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** Begins to note routes. @returns what is called when all are there. */
export function refuseOtherMethods(api: Api): () => void {
  const taken = new Map<string, Set<string>>();
  let closed = false;
  api.addHook("onRoute", ({ url, method }) => {
    if (closed) return;
    const methods = taken.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    taken.set(url, methods);
  });
  return () => {
    closed = true;
    for (const [url, methods] of taken) {
      const allow = METHODS.filter((method) => methods.has(method)).join(", ");
      api.route({
        url,
        method: METHODS.filter((method) => !methods.has(method)),
        schema: { hide: true },
        config: { access: "public" },
        handler: (request, reply) => {
          void reply.header("allow", allow);
          const why = `${request.method} is not taken here, only ${allow}`;
          return sendProblem(reply, problemOf(new CoevalError("wrong-method", why)));
        },
      });
    }
  };
}
