/** The OpenAPI document as it is committed: packages/contract/openapi.json. */
import type { World } from "@coeval/core/ports/world";
import type { Control } from "../control.ts";
import { createApi } from "./api.ts";

/** Its text. The routes are only described, never called, so there is no control device behind them. */
export async function describeApi(): Promise<string> {
  const api = await createApi({} as World, {} as Control, { version: "described" });
  const document = api.swagger();
  await api.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}
