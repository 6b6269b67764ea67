/** Answers by idempotency key, so that a repeated call gets the first one's answer and has no second effect. */
import type { ControlQueries, ControlWrites } from "./tables.ts";

export interface KeptAnswer {
  readonly requestSha256: string;
  /** JSON of what was answered. */
  readonly answer: string;
  readonly at: number;
}

/** The answer kept under a caller's key, or null. */
export async function findAnswer(db: ControlQueries, token: string, key: string): Promise<KeptAnswer | null> {
  const row = await db
    .selectFrom("idempotencyKeys")
    .select(["requestSha256", "answer", "at"])
    .where("token", "=", token)
    .where("key", "=", key)
    .executeTakeFirst();
  return row ?? null;
}

/** Keeps an answer; written in the transaction of its effect, so both hold or neither. */
export async function keepAnswer(
  trx: ControlWrites,
  token: string,
  key: string,
  kept: KeptAnswer,
): Promise<void> {
  await trx
    .insertInto("idempotencyKeys")
    .values({ token, key, ...kept })
    .execute();
}

/** Forgets answers older than `before`. */
export async function forgetAnswers(trx: ControlWrites, before: number): Promise<void> {
  await trx.deleteFrom("idempotencyKeys").where("at", "<", before).execute();
}
