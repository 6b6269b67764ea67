/** `login`: proves the control device and the token, and keeps both for the next commands. */
import { whoAmI } from "@coeval/contract/api/token";
import type { Command } from "commander";
import { fetchAuthority } from "../authority.ts";
import { createClient } from "../client.ts";
import { checkUrl, readCa, readToken, saveLogin } from "../config.ts";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { CliError } from "../failure.ts";
import { printOne } from "../output.ts";

export function addLogin(program: Command, context: Context): void {
  const { io } = context;
  addCommand<{ tokenFile: string; ca?: string; fingerprint?: string }>(
    context,
    program,
    {
      usage: "login <url>",
      about: "prove the control device and the token, and keep both",
      with: (command) =>
        command
          .requiredOption("--token-file <file>", "holds the token")
          .option("--ca <file>", "the control device's authority, PEM")
          .option("--fingerprint <sha256>", "of that authority, instead of --ca"),
    },
    async ([url = ""], options) => {
      const { ca: caFile, fingerprint } = options;
      if ((caFile === undefined) === (fingerprint === undefined))
        throw new CliError("say either --ca or --fingerprint: the control device must be proven", {
          exitCode: exit.usage,
        });
      const address = checkUrl(url);
      const token = await readToken(io, options.tokenFile);
      const ca =
        caFile === undefined ? await fetchAuthority(address, fingerprint ?? "") : await readCa(io, caFile);
      const client = createClient({ url: address, token, ca });
      try {
        const me = await client.call("GET", "/api/v1/me", whoAmI);
        const path = await saveLogin(io, { url: address, token, ca });
        printOne(io, options.output, view, me);
        say(io, options, `kept in ${path}`);
      } finally {
        client.close();
      }
      return exit.ok;
    },
  );
}

const view = {
  columns: {
    CONTROL: (me: WhoAmI) => me.control,
    VERSION: (me: WhoAmI) => me.version,
    TOKEN: (me: WhoAmI) => `${me.name} (${me.token})`,
    ROLE: (me: WhoAmI) => me.role,
    SCOPES: (me: WhoAmI) => me.scopes.join(", "),
  },
  name: (me: WhoAmI) => me.control,
};
type WhoAmI = ReturnType<typeof whoAmI.parse>;
