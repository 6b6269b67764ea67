/** Carries alerts to people: webhooks, mail. A target is named by the configuration, so that what waits for it survives a restart. */
import type { Instant } from "../model/instant.ts";

export interface Messenger {
  /** Names of the targets, each once: `webhook/ops`, `mail`. */
  readonly targets: readonly string[];
  /**
   * Hands a message over, once; resolves when the target has taken it.
   * @param cancel ends the try; what was handed over by then stays so.
   * @throws CoevalError `not-delivered`: it was refused, or nobody answered.
   */
  send(target: string, message: AlertMessage, cancel: AbortSignal): Promise<void>;
}

/** What is told of one trouble, when it has appeared and when it is over. */
export interface AlertMessage {
  /** The same at each try: whoever receives it twice can tell. */
  readonly id: string;
  readonly kind: "raised" | "over";
  /** The trouble's: `service/orders:objective`. */
  readonly key: string;
  /** `service/orders`. */
  readonly about: string;
  /** As it was when it was raised; its first line names the cause. */
  readonly text: string;
  readonly hint: string | null;
  /** Since when the trouble lasts; null when nobody knows. */
  readonly since: Instant | null;
  /** When it was raised, or over. */
  readonly at: Instant;
}
