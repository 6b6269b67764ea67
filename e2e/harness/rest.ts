// The control device's REST API by plain node:https: for what must be asked often, where starting a command each time
// would cost more than the answer.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { World } from "./world.ts";

export interface Rest {
  get<T>(path: string): Promise<T>;
  close(): void;
}

const TIMEOUT_MS = 10_000;

export function restOf(world: Pick<World, "url" | "tokenFile" | "caFile">): Rest {
  const agent = new Agent({ keepAlive: true, maxSockets: 2, ca: readFileSync(world.caFile) });
  const authorization = `Bearer ${readFileSync(world.tokenFile, "utf8").trim()}`;
  return {
    get: <T>(path: string) =>
      new Promise<T>((resolve, reject) => {
        const url = new URL(path, world.url);
        const call = request(url, { agent, headers: { authorization }, timeout: TIMEOUT_MS }, (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (more: string) => {
            text += more;
          });
          answer.on("error", reject);
          answer.on("end", () => {
            if (answer.statusCode === 200) resolve(JSON.parse(text) as T);
            else reject(new Error(`${path}: HTTP ${answer.statusCode}: ${text.slice(0, 500)}`));
          });
        });
        call.on("timeout", () => call.destroy(new Error(`${path}: no answer within ${TIMEOUT_MS} ms`)));
        call.on("error", reject);
        call.end();
      }),
    close: () => agent.destroy(),
  };
}
