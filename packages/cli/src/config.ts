/** Where the control device is and how to speak to it: from `login`'s file, each part overridden by the environment. */
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { exit } from "./exit.ts";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";

export interface Login {
  /** `https://HOST:PORT`. */
  readonly url: string;
  readonly token: string;
  /** The control device's authority in PEM: nobody else is spoken to. */
  readonly ca: string;
}

const PRIVATE_MODE = 0o600;
const PRIVATE_FOLDER_MODE = 0o700;
const OTHERS_BITS = 0o077;

/** `$COEVAL_CONFIG`, else `~/.config/coeval/config.json`. */
export function configPath(io: Io): string {
  return io.env["COEVAL_CONFIG"] || join(io.env["HOME"] || homedir(), ".config", "coeval", "config.json");
}

/** The login in force. @throws CliError naming what is missing. */
export async function loadLogin(io: Io): Promise<Login> {
  const { COEVAL_URL: url, COEVAL_TOKEN_FILE: tokenFile, COEVAL_CA: caFile } = io.env;
  const saved = url && tokenFile && caFile ? {} : await readSaved(configPath(io));
  const login = {
    url: url ? checkUrl(url) : saved.url,
    token: tokenFile ? await readToken(io, tokenFile) : saved.token,
    ca: caFile ? await readCa(io, caFile) : saved.ca,
  };
  if (login.url && login.token && login.ca) return login as Login;
  throw new CliError("nobody is logged in", {
    exitCode: exit.notAllowed,
    hint: "coeval login URL --token-file F --ca F, or set COEVAL_URL, COEVAL_TOKEN_FILE and COEVAL_CA",
  });
}

/** Writes the login, readable by its owner alone. @returns the file's path. */
export async function saveLogin(io: Io, login: Login): Promise<string> {
  const path = configPath(io);
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER_MODE });
  const unfinished = `${path}.new`;
  await writeFile(unfinished, `${JSON.stringify(login, null, 2)}\n`, { mode: PRIVATE_MODE });
  await chmod(unfinished, PRIVATE_MODE);
  await rename(unfinished, path);
  return path;
}

/** @throws CliError for anything but https://HOST[:PORT]: a token is sent over nothing else. */
export function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "https:" || url.pathname !== "/" || url.username || url.search || url.hash)
    throw new CliError(`'${text}' is not an address of a control device`, {
      exitCode: exit.usage,
      hint: "write it as https://HOST:PORT; a token is sent over nothing else",
    });
  return url.origin;
}

/** The token in a file. @throws CliError when it is unreadable or holds none. */
export async function readToken(io: Io, path: string): Promise<string> {
  const text = await readText(io, path, "the token file");
  const token = text.trim();
  if (/^[\x21-\x7e]{1,500}$/.test(token)) return token;
  throw new CliError(`${path} holds no token`, { exitCode: exit.usage });
}

/** The authority's certificate in a file. @throws CliError when it is unreadable or no PEM. */
export async function readCa(io: Io, path: string): Promise<string> {
  const text = await readText(io, path, "the authority's certificate");
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new CliError(`${path} holds no certificate in PEM`, { exitCode: exit.usage });
}

async function readText(io: Io, path: string, what: string): Promise<string> {
  try {
    return new TextDecoder().decode(await io.read(path));
  } catch (cause) {
    throw new CliError(`${what} cannot be read: ${cause instanceof Error ? cause.message : path}`, {
      exitCode: exit.usage,
      cause,
    });
  }
}

async function readSaved(path: string): Promise<Partial<Login>> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS_BITS) !== 0)
      throw new CliError(`${path} can be read by others, and it holds a token`, {
        exitCode: exit.notAllowed,
        hint: `chmod 600 ${path}`,
      });
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return {};
    throw cause;
  }
  try {
    const { url, token, ca } = JSON.parse(text) as Record<string, unknown>;
    if (typeof url === "string" && typeof token === "string" && typeof ca === "string")
      return { url, token, ca };
  } catch (cause) {
    throw new CliError(`${path} is damaged`, { hint: "coeval login again", cause });
  }
  throw new CliError(`${path} is damaged`, { hint: "coeval login again" });
}
