// The control device's REST API by plain node:https: for what must be asked often, where starting a command each time
// would cost more than the answer.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "./world.ts";

export interface Rest {
  get<T>(path: string): Promise<T>;
  /** All items of a list, page by page. */
  all<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T[]>;
  close(): void;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const TIMEOUT_MS = 10_000;
const TOO_MANY = 429;
const TRIES_MAX = 30;
const PAGE_ITEMS = 500;

export function restOf(world: Pick<World, "url" | "tokenFile" | "caFile">): Rest {
  const agent = new Agent({ keepAlive: true, maxSockets: 2, ca: readFileSync(world.caFile) });
  const authorization = `Bearer ${readFileSync(world.tokenFile, "utf8").trim()}`;
  /** The answer, or after how many seconds it may be asked for again. */
  const ask = <T>(path: string): Promise<{ readonly value: T } | { readonly waitS: number }> =>
    new Promise((resolve, reject) => {
      const url = new URL(path, world.url);
      const call = request(url, { agent, headers: { authorization }, timeout: TIMEOUT_MS }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (more: string) => {
          text += more;
        });
        answer.on("error", reject);
        answer.on("end", () => {
          if (answer.statusCode === 200) resolve({ value: JSON.parse(text) as T });
          else if (answer.statusCode === TOO_MANY) resolve({ waitS: Number(answer.headers["retry-after"]) });
          else reject(new Error(`${path}: HTTP ${answer.statusCode}: ${text.slice(0, 500)}`));
        });
      });
      call.on("timeout", () => call.destroy(new Error(`${path}: no answer within ${TIMEOUT_MS} ms`)));
      call.on("error", reject);
      call.end();
    });
  const get: Rest["get"] = async <T>(path: string): Promise<T> => {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const answer = await ask<T>(path);
      if ("value" in answer) return answer.value;
      await sleep(answer.waitS * 1000);
    }
    throw new Error(`${path}: too many calls, ${TRIES_MAX} times`);
  };
  return {
    get,
    async all<T>(path: string, query: Readonly<Record<string, string>> = {}) {
      const items: T[] = [];
      for (let cursor: string | null = null; ; ) {
        const wanted: Record<string, string> = {
          ...query,
          limit: String(PAGE_ITEMS),
          ...(cursor === null ? {} : { cursor }),
        };
        const page: Page<T> = await get<Page<T>>(`${path}?${new URLSearchParams(wanted).toString()}`);
        items.push(...page.items);
        if (page.next === null) return items;
        cursor = page.next;
      }
    },
    close: () => agent.destroy(),
  };
}
