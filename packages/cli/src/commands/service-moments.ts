/** `service moments`: what became of a policy's moments, or with `--next` which come. */
import { momentPage, type MomentResource } from "@coeval/contract/api/moment";
import { type MomentPreview, momentPreviews } from "@coeval/contract/api/moment-preview";
import type { Command } from "commander";
import { addCommand, type Context } from "../context.ts";
import { exit } from "../exit.ts";
import { limitOption, moreHint } from "../limit.ts";
import { printList, type View } from "../output.ts";
import { gather } from "../pages.ts";
import { servicePath } from "../paths.ts";

export function addMoments(service: Command, context: Context): void {
  const { io } = context;
  addCommand<{ next?: boolean; limit: number }>(
    context,
    service,
    {
      usage: "moments <name>",
      about: "what became of the policy's moments, the newest first",
      with: (command) =>
        limitOption(command).option("--next", "those that come, as the policy's zones show them"),
    },
    async ([name = ""], options) => {
      const client = await context.client();
      const path = `${servicePath(name)}/moments`;
      if (options.next) {
        const { items } = await client.call("GET", `${path}/next`, momentPreviews);
        printList(io, options.output, coming, items);
        return exit.ok;
      }
      const { items, more } = await gather(client, path, momentPage, options.limit);
      printList(io, options.output, been, items);
      moreHint(io, options, more);
      return exit.ok;
    },
  );
}

/** What a change of the clocks makes of a time of day. */
const NOTES = {
  once: "",
  first: "this time comes twice: taken the first time",
  second: "this time comes twice: the second time",
  skipped: "the clocks skip this time: taken when they leap",
} as const;

const been: View<MomentResource> = {
  columns: {
    MOMENT: ({ moment }) => moment,
    FATE: ({ fate, more }) => (more === 0 ? fate : `${fate}, and ${more} more`),
    RUN: ({ run }) => run ?? "",
    WHY: ({ cause }) => (cause === null ? "" : `${cause.code}: ${cause.message}`),
  },
  name: ({ moment }) => moment,
  empty: "the policy gave no moment yet; coeval service moments NAME --next shows those that come",
};

const coming: View<MomentPreview> = {
  columns: {
    MOMENT: ({ moment }) => moment,
    LOCAL: ({ local, zone }) => `${local} ${zone}`,
    NOTE: ({ blackedOut, occurrence }) => (blackedOut ? "in a blackout: not taken" : NOTES[occurrence]),
  },
  name: ({ moment }) => moment,
  empty: "the policy gives no moment: only by hand, with coeval service protect",
};
