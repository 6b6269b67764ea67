/** `token create|list|revoke`. */
import { nothing } from "@coeval/contract/api/call";
import { type CreatedToken, createdToken, tokenList, type TokenResource } from "@coeval/contract/api/token";
import type { Command } from "commander";
import { confirm } from "../confirm.ts";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { printList, printOne, type View } from "../output.ts";

export function addToken(program: Command, context: Context): void {
  const token = program.command("token").description("who may call the control device");
  const { io } = context;
  addCommand<{ role: string; scope?: string[]; expiresIn?: string }>(
    context,
    token,
    {
      usage: "create <name>",
      about: "make a token and show its value, once",
      with: (command) =>
        command
          .requiredOption("--role <role>", "viewer|operator|approver|administrator")
          .option("--scope <scope...>", "CLUSTER:/PATH or *:/PATH; default everything")
          .option("--expires-in <duration>", "as 90d; default: good until revoked"),
    },
    async ([name = ""], options) => {
      const { role, scope: scopes, expiresIn } = options;
      const body = { name, role, ...(scopes ? { scopes } : {}), ...(expiresIn ? { expiresIn } : {}) };
      const client = await context.client();
      const made = await client.call("POST", "/api/v1/tokens", createdToken, { body });
      // The value alone is the data, so that it can be sent to a file.
      if (options.output === "table") io.stdout.write(`${made.value}\n`);
      else printOne<CreatedToken>(io, options.output, view, made);
      say(io, options, `token ${made.id} (${made.role}); the value is shown this once`);
      return exit.ok;
    },
  );
  addCommand(
    context,
    token,
    { usage: "list", about: "all tokens, without their values" },
    async (_names, options) => {
      const { items } = await (await context.client()).call("GET", "/api/v1/tokens", tokenList);
      printList(io, options.output, view, items);
      return exit.ok;
    },
  );
  addCommand(
    context,
    token,
    { usage: "revoke <id>", about: "make a token worthless at once" },
    async ([id = ""], options) => {
      await confirm(io, options.yes === true, `token ${id} is about to be revoked`, id);
      await (await context.client()).call("DELETE", `/api/v1/tokens/${encodeURIComponent(id)}`, nothing);
      say(io, options, `token ${id} is revoked`);
      return exit.ok;
    },
  );
}

const view: View<TokenResource> = {
  columns: {
    ID: (token) => token.id,
    NAME: (token) => token.name,
    ROLE: (token) => token.role,
    SCOPES: (token) => token.scopes.join(", "),
    CREATED: (token) => token.createdAt,
    STATE: (token) =>
      token.revokedAt ? `revoked ${token.revokedAt}` : token.expiresAt ? `until ${token.expiresAt}` : "good",
  },
  name: (token) => `token/${token.id}`,
};
