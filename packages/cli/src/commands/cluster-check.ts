/** `cluster check`: how a cluster stands, line by line, before anything is done with it. */
import {
  type CheckedClusterResource,
  type CheckLineResource,
  checkedCluster,
} from "@coeval/contract/api/cluster-check";
import type { Command } from "commander";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { printable } from "../failure.ts";
import type { Io } from "../io.ts";
import { printValue } from "../output.ts";
import { clusterPath } from "../paths.ts";
import { style } from "../style.ts";

const SIGNS = { ok: "✔ ok", warning: "! warning", failed: "✘ failed", unknown: "? unknown" } as const;
const STYLES = { ok: "green", warning: "yellow", failed: "red", unknown: "dim" } as const;
const SIGN_WIDTH = 9;
const ABOUT_WIDTH = 8;

export function addClusterCheck(cluster: Command, context: Context): void {
  const { io } = context;
  addCommand(
    context,
    cluster,
    {
      usage: "check <name>",
      about: "reach, identity, versions, rights, space and clock, asked anew; changes nothing",
    },
    async ([name = ""], options) => {
      const client = await context.client();
      const checked = await client.call("POST", `${clusterPath(name)}/check`, checkedCluster);
      if (options.output === "table") for (const line of checked.lines) io.stdout.write(lineText(io, line));
      else if (options.output === "name") io.stdout.write(`cluster/${name}\n`);
      else printValue(io, options.output, checked);
      say(io, options, summary(checked));
      return checked.ok ? exit.ok : exit.failed;
    },
  );
}

function lineText(io: Io, { about, level, text, code, fix }: CheckLineResource): string {
  const sign = style(io, STYLES[level], SIGNS[level].padEnd(SIGN_WIDTH));
  const cause = code === null ? text : `${code}: ${text}`;
  const mend = fix === null ? "" : `${" ".repeat(SIGN_WIDTH + ABOUT_WIDTH + 4)}→ ${printable(fix)}\n`;
  return `${sign}  ${about.padEnd(ABOUT_WIDTH)}  ${printable(cause)}\n${mend}`;
}

function summary({ cluster, lines }: CheckedClusterResource): string {
  const count = (level: CheckLineResource["level"]) => lines.filter((line) => line.level === level).length;
  const [failed, warned] = [count("failed"), count("warning")];
  if (failed === 0) return `${cluster} can be used${warned === 0 ? "" : `; ${warned} warning(s)`}`;
  return `${cluster} cannot be used as it is: ${failed} failed, ${warned} warning(s)`;
}
