/** What a problem's `type` means. */
import { errorParams } from "@coeval/contract/api/call";
import { explanation, explanationOf } from "@coeval/contract/api/explanation";
import { CoevalError } from "@coeval/core/errors";
import type { Api } from "./deps.ts";

export function errorRoutes(api: Api): void {
  api.get(
    "/errors/:code",
    {
      schema: { tags: ["errors"], params: errorParams, response: { 200: explanation } },
      config: { access: "public" },
    },
    async ({ params }) => {
      const found = explanationOf(params.code);
      if (found === null) throw new CoevalError("not-found", `there is no code ${params.code}`);
      return found;
    },
  );
}
