/** `point list|get|files|verify`. */
import {
  type PointFile,
  pointFilePage,
  pointPage,
  pointResource,
  pointVerdict,
} from "@coeval/contract/api/point";
import { formatInstant } from "@coeval/contract/api/instant";
import type { Command } from "commander";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { printable } from "../failure.ts";
import { modeText } from "../figures.ts";
import { limitOption, moreHint } from "../limit.ts";
import { printList, printOne, printValue, type View } from "../output.ts";
import { gather } from "../pages.ts";
import { pointPath, servicePath } from "../paths.ts";
import { pointLine, pointView } from "../run-view.ts";

export function addPoint(program: Command, context: Context): void {
  const point = program.command("point").description("recovery points");
  const { io } = context;
  addCommand<{ limit: number }>(
    context,
    point,
    { usage: "list <service>", about: "the points of a service, newest first", with: limitOption },
    async ([service = ""], options) => {
      const path = `${servicePath(service)}/points`;
      const { items, more } = await gather(await context.client(), path, pointPage, options.limit);
      printList(io, options.output, pointLine(io), items);
      moreHint(io, options, more);
      return exit.ok;
    },
  );
  addCommand(context, point, { usage: "get <id>", about: "one point whole" }, async ([id = ""], options) => {
    const found = await (await context.client()).call("GET", pointPath(id), pointResource);
    printOne(io, options.output, pointView(io), found);
    return exit.ok;
  });
  addCommand<{ limit: number }>(
    context,
    point,
    { usage: "files <id>", about: "the files and directories of a point", with: limitOption },
    async ([id = ""], options) => {
      const path = `${pointPath(id)}/files`;
      const { items, more } = await gather(await context.client(), path, pointFilePage, options.limit);
      printList(io, options.output, fileView, items);
      moreHint(io, options, more);
      return exit.ok;
    },
  );
  addCommand(
    context,
    point,
    { usage: "verify <id>", about: "check a point's certificate and its place in the chain" },
    async ([id = ""], options) => {
      const verdict = await (await context.client()).call("POST", `${pointPath(id)}/verify`, pointVerdict);
      if (options.output === "json" || options.output === "yaml") printValue(io, options.output, verdict);
      else io.stdout.write(`${id} ${verdict.ok ? "holds" : "DOES NOT HOLD"}\n`);
      for (const text of verdict.wrong) io.stderr.write(`  ✘ ${printable(text)}\n`);
      say(io, options, `checked: ${verdict.checked.join(", ")}`);
      return verdict.ok ? exit.ok : exit.failed;
    },
  );
}

const fileView: View<PointFile> = {
  columns: {
    MODE: (file) => modeText(file.type, file.mode),
    OWNER: (file) => file.owner,
    GROUP: (file) => file.group,
    BYTES: (file) => String(file.length),
    MODIFIED: (file) => formatInstant(file.mtimeMs),
    SHA256: (file) => file.sha256?.slice(0, 16) ?? "",
    PATH: (file) => `${file.set}:${file.path === "" ? "." : file.path}`,
  },
  name: (file) => `${file.set}:${file.path}`,
};
