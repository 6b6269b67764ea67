/** Where alerts go: by the data folder's `alerts.yaml`, whose secrets are read from the files that it names. A restart reads it anew. */
import { ALERTS_FILE, parseAlerts, type PlacedAlerts } from "@coeval/cli/alerts-file";
import { toFailure } from "@coeval/core/errors";
import type { Messenger } from "@coeval/core/ports/messenger";
import type { World } from "@coeval/core/ports/world";
import { readSmallText } from "@coeval/platform/local-files";
import { createMessenger } from "@coeval/platform/messenger";
import { readText } from "./text-files.ts";

const SECRET_BYTES_MAX = 4096;
/** Shorter ones could be guessed. */
const SECRET_CHARS_MIN = 16;

/** Null without the file: then nobody is told. @throws CliError with file:line:column. */
export async function alertsMessenger(world: World, dataFolder: string): Promise<Messenger | null> {
  const text = await readText(world.files, ALERTS_FILE);
  if (text === null) return null;
  const placed = parseAlerts(text);
  const { webhooks, mail } = placed.document;
  const secret = (path: readonly (string | number)[], file: string) =>
    secretOf(placed, path, dataFolder, file);
  return createMessenger({
    webhooks: webhooks.map(({ name, url, secretFile }, index) => {
      const path = ["webhooks", index, "secretFile"];
      const key = secret(path, secretFile);
      if (key.length < SECRET_CHARS_MIN)
        placed.fail(path, `the secret has ${key.length} characters; ${SECRET_CHARS_MIN} at least`);
      return { name, url, secret: key };
    }),
    mail: mail
      ? {
          ...mail,
          user: mail.userFile === undefined ? null : secret(["mail", "userFile"], mail.userFile),
          password:
            mail.passwordFile === undefined ? null : secret(["mail", "passwordFile"], mail.passwordFile),
        }
      : null,
  });
}

/** A file beside `alerts.yaml`, or anywhere by its absolute path; a line's end at its end is no part of it. */
function secretOf(
  placed: PlacedAlerts,
  path: readonly (string | number)[],
  dataFolder: string,
  file: string,
): string {
  let text = "";
  try {
    text = readSmallText(file.startsWith("/") ? file : `${dataFolder}/${file}`, SECRET_BYTES_MAX);
  } catch (thrown) {
    placed.fail(path, toFailure(thrown).message);
  }
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "" || /\p{Cc}/u.test(secret)) placed.fail(path, `${file} does not hold one line of text`);
  return secret;
}
