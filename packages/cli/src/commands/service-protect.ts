/** `service protect`: asks for one moment, and may watch it become a recovery point. */
import { randomUUID } from "node:crypto";
import { runResource } from "@coeval/contract/api/run";
import type { Command } from "commander";
import type { Client, Reader } from "../client.ts";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { RefusedError } from "../failure.ts";
import type { CliClock } from "../io.ts";
import { printOne } from "../output.ts";
import { servicePath } from "../paths.ts";
import { runView } from "../run-view.ts";
import { endOf, watch } from "../watch.ts";

const TRIES_MAX = 3;
const BETWEEN_TRIES_MS = 500;

export function addProtect(service: Command, context: Context): void {
  const { io } = context;
  addCommand<{ at?: string; label?: string; wait?: boolean }>(
    context,
    service,
    {
      usage: "protect <name>",
      about: "back up the service as it is at one moment",
      with: (command) =>
        command
          .option("--at <moment>", "an instant, or +3s from now; default: the earliest that can be armed")
          .option("--label <text>", "kept with the point")
          .option("--wait", "watch until it is a recovery point"),
    },
    async ([name = ""], options) => {
      const { at, label } = options;
      const body = { ...(at === undefined ? {} : { at }), ...(label === undefined ? {} : { label }) };
      const client = await context.client();
      const run = await postOnce(client, io.clock, `${servicePath(name)}/protect`, runResource, body);
      if (!options.wait) {
        if (options.output === "table") io.stdout.write(`run/${run.id} at ${run.moment}\n`);
        else printOne(io, options.output, runView(io), run);
        say(io, options, `watch it: coeval run watch ${run.id}`);
        return exit.ok;
      }
      const last = await watch(context, client, run.id, options.quiet === true);
      if (last !== null) printOne(io, options.output, runView(io), last);
      return endOf(io, run.id, last, options.quiet === true);
    },
  );
}

/** Posts with a key of its own, so that a call whose answer was lost can be made again without a second run. */
async function postOnce<T>(
  client: Client,
  clock: CliClock,
  path: string,
  schema: Reader<T>,
  body: unknown,
): Promise<T> {
  const headers = { "idempotency-key": randomUUID() };
  for (let tries = 1; ; tries++) {
    try {
      return await client.call("POST", path, schema, { body, headers });
    } catch (failure) {
      if (failure instanceof RefusedError || tries >= TRIES_MAX) throw failure;
      await clock.sleep(BETWEEN_TRIES_MS);
    }
  }
}
