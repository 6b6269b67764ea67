/** The messenger of this machine: webhooks by HTTP, mail by SMTP. */
import type { AlertMessage, Messenger } from "@coeval/core/ports/messenger";
import { type MailTarget, sendMail } from "./mail.ts";
import { postWebhook, type WebhookTarget } from "./webhook.ts";

export interface MessengerOptions {
  /** Names are unlike each other. */
  readonly webhooks: readonly WebhookTarget[];
  readonly mail: MailTarget | null;
}

export function createMessenger({ webhooks, mail }: MessengerOptions): Messenger {
  const ways = new Map<string, (message: AlertMessage, cancel: AbortSignal) => Promise<void>>();
  for (const webhook of webhooks)
    ways.set(`webhook/${webhook.name}`, (message, cancel) => postWebhook(webhook, message, cancel));
  if (mail) ways.set("mail", (message, cancel) => sendMail(mail, message, cancel));
  return {
    targets: [...ways.keys()],
    async send(target, message, cancel) {
      const way = ways.get(target);
      if (!way) throw new TypeError(`there is no target ${target}`);
      await way(message, cancel);
    },
  };
}
