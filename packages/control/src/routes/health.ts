/** Is the process alive, and may it be asked? For supervisors; no token. */
import { health } from "@coeval/contract/api/call";
import type { Api, ApiDeps } from "./deps.ts";

export function healthRoutes(api: Api, { control }: ApiDeps): void {
  const options = {
    schema: { tags: ["health"], response: { 200: health } },
    config: { access: "public" },
  } as const;
  api.get("/livez", options, async () => ({ status: "ok" as const }));
  // A store that cannot be read is not ready: the failure leaves as a problem.
  api.get("/readyz", options, async () => {
    await control.events.last();
    return { status: "ok" as const };
  });
}
