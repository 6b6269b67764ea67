/** Mail by SMTP: one message a try, over a connection of its own. */
import { CoevalError } from "@coeval/core/errors";
import { formatInstant } from "@coeval/core/model/instant";
import type { AlertMessage } from "@coeval/core/ports/messenger";
import { createTransport } from "nodemailer";

export interface MailTarget {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte · `starttls`: refused without it · `none`: in the clear. */
  readonly tls: "implicit" | "starttls" | "none";
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | null;
  readonly password: string | null;
}

/** Ms for each of the server's answers. */
const ANSWER_MS_MAX = 10_000;

/** Sends once. @throws CoevalError `not-delivered`. */
export async function sendMail(
  target: MailTarget,
  message: AlertMessage,
  cancel: AbortSignal,
): Promise<void> {
  const { host, port, tls, user, password } = target;
  const transport = createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    connectionTimeout: ANSWER_MS_MAX,
    greetingTimeout: ANSWER_MS_MAX,
    socketTimeout: ANSWER_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === null ? {} : { auth: { user, pass: password ?? "" } }),
  });
  const stop = () => transport.close();
  cancel.addEventListener("abort", stop, { once: true });
  try {
    await transport.sendMail({
      from: target.from,
      to: [...target.to],
      // A server that takes it twice can tell by this.
      messageId: `<${message.id}@coeval>`,
      subject: subjectOf(message),
      text: textOf(message),
      headers: { "auto-submitted": "auto-generated" },
    });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CoevalError("not-delivered", `mail by ${host}:${port}: ${why}`, { cause: thrown });
  } finally {
    cancel.removeEventListener("abort", stop);
    transport.close();
  }
}

function subjectOf({ kind, about, text }: AlertMessage): string {
  const over = kind === "over" ? "over: " : "";
  return `coeval: ${over}${about}: ${text.split("\n", 1)[0] ?? ""}`;
}

function textOf({ kind, key, text, hint, since, at }: AlertMessage): string {
  const lines = [text, "", `${kind === "over" ? "over since" : "told at"} ${formatInstant(at)}`];
  if (since !== null) lines.push(`since ${formatInstant(since)}`);
  if (hint !== null && kind === "raised") lines.push("", `What to do: ${hint}`);
  return `${[...lines, "", key].join("\n")}\n`;
}
