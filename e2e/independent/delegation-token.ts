// A delegation token of a user of a cluster with Kerberos, as a person gets one: kinit by their keytab, then curl with SPNEGO.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Keys {
  readonly krb5Conf: string;
  /** By user. */
  readonly keytabs: Readonly<Record<string, string>>;
}

const execute = promisify(execFile);
const TIMEOUT_MS = 30_000;

/** @param nameNode `host:port` of its web address. */
export async function delegationToken(
  nameNode: string,
  { krb5Conf, keytabs }: Keys,
  user: string,
): Promise<string> {
  const keytab = keytabs[user];
  if (keytab === undefined) throw new Error(`${user} has no keytab`);
  const dir = mkdtempSync(join(tmpdir(), "witness-"));
  const cache = `FILE:${join(dir, "cache")}`;
  const env = { PATH: process.env["PATH"], KRB5_CONFIG: krb5Conf, KRB5CCNAME: cache };
  try {
    await execute("kinit", ["-c", cache, "-k", "-t", keytab, user], { env, timeout: TIMEOUT_MS });
    const url = `http://${nameNode}/webhdfs/v1/?op=GETDELEGATIONTOKEN`;
    const words = ["--silent", "--show-error", "--negotiate", "--user", ":", url];
    const { stdout } = await execute("curl", words, { env, timeout: TIMEOUT_MS });
    const { Token } = JSON.parse(stdout) as { readonly Token?: { readonly urlString: string } };
    if (Token === undefined) throw new Error(`no token for ${user}: ${stdout}`);
    return Token.urlString;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
