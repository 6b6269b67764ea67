/** Webhooks: one POST of JSON, signed as https://www.standardwebhooks.com says (HMAC-SHA256 over id, time and body). */
import { CoevalError } from "@coeval/core/errors";
import { formatInstant } from "@coeval/core/model/instant";
import type { AlertMessage } from "@coeval/core/ports/messenger";
import { Webhook } from "standardwebhooks";

export interface WebhookTarget {
  readonly name: string;
  readonly url: string;
  /** `whsec_` and base64, or any other text: then its bytes are the key. */
  readonly secret: string;
}

/** A prefix of the standard: what follows is base64. */
const STANDARD_SECRET = "whsec_";

/** Posts once. @throws CoevalError `not-delivered` for any answer but 2xx; a redirect is not followed. */
export async function postWebhook(
  target: WebhookTarget,
  message: AlertMessage,
  cancel: AbortSignal,
): Promise<void> {
  const { url, secret } = target;
  const body = JSON.stringify(bodyOf(message));
  const at = new Date();
  const signer = secret.startsWith(STANDARD_SECRET)
    ? new Webhook(secret)
    : new Webhook(secret, { format: "raw" });
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      signal: cancel,
      headers: {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": signer.sign(message.id, at, body),
      },
    });
  } catch (thrown) {
    throw new CoevalError("not-delivered", `the webhook ${target.name}: ${reasonOf(thrown)}`, {
      cause: thrown,
    });
  }
  // What it says is of no interest, and may have no end.
  await response.body?.cancel();
  if (!response.ok)
    throw new CoevalError("not-delivered", `the webhook ${target.name} answered ${response.status}`);
}

function bodyOf({ id, kind, at, since, ...rest }: AlertMessage): object {
  return {
    type: `alert.${kind}`,
    timestamp: formatInstant(at),
    data: { id, ...rest, since: since === null ? null : formatInstant(since) },
  };
}

/** The innermost cause: fetch itself only says that it failed. */
function reasonOf(thrown: unknown): string {
  let inner = thrown;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
