/** `Idempotency-Key`: a repeated call gets the first one's answer and has no second effect. */
import { canonical, type Json } from "@coeval/core/model/canonical";
import { CoevalError } from "@coeval/core/errors";
import { findAnswer, forgetAnswers, keepAnswer } from "@coeval/store/control/idempotency";
import type { FastifyReply, FastifyRequest } from "fastify";
import { callOf } from "../auth/caller.ts";
import type { Call } from "../call.ts";
import type { ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";

/** Answers are kept so long. */
export const ANSWER_KEPT_MS = 24 * 3600 * 1000;

interface Answer<Body> {
  readonly status: number;
  readonly location: string | null;
  readonly body: Body;
}

/**
 * Performs a changing call, or answers a repeat of it.
 * @param perform hands its Call to the operation, whose transaction then keeps the answer too.
 * @throws CoevalError `idempotency-reused`: the key came with another request.
 */
export async function once<Result, Body>(
  deps: ApiDeps,
  request: FastifyRequest,
  perform: (call: Call) => Promise<Result>,
  answer: (result: Result) => Answer<Body>,
): Promise<Answer<Body>> {
  const caller = callerOf(request);
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string") return answer(await perform(callOf(caller)));
  const { world, control } = deps;
  const asked = canonical([request.method, request.url, (request.body ?? null) as Json]);
  const requestSha256 = world.hash.sha256().update(asked).hex();
  const repeated = async (): Promise<Answer<Body> | null> => {
    const kept = await findAnswer(control.database.db, caller.token, key);
    if (kept === null || kept.at <= world.clock.nowMs() - ANSWER_KEPT_MS) return null;
    if (kept.requestSha256 === requestSha256) return JSON.parse(kept.answer) as Answer<Body>;
    throw new CoevalError("idempotency-reused", `the key ${key} came with another request before`);
  };
  const first = await repeated();
  if (first !== null) return first;
  const call = callOf(caller, async (tx, result) => {
    await forgetAnswers(tx.trx, tx.now - ANSWER_KEPT_MS);
    const text = JSON.stringify(answer(result as Result));
    await keepAnswer(tx.trx, caller.token, key, { requestSha256, at: tx.now, answer: text });
  });
  try {
    return answer(await perform(call));
  } catch (failure) {
    // Two calls with one key at once: the later one's effect was rolled back, and it gets the earlier one's answer.
    const meanwhile = await repeated();
    if (meanwhile !== null) return meanwhile;
    throw failure;
  }
}

/** A call whose answer shows a secret cannot be answered again, so a key on it is refused. @throws CoevalError `bad-input`. */
export function refuseKey(request: FastifyRequest): void {
  if (request.headers["idempotency-key"] === undefined) return;
  throw new CoevalError(
    "bad-input",
    "this call shows a secret once and cannot be repeated: leave out the key",
    {
      pointer: "#header/idempotency-key",
    },
  );
}

/** Sends an answer. */
export function sendAnswer(reply: FastifyReply, answer: Answer<unknown>): FastifyReply {
  if (answer.location !== null) void reply.header("location", answer.location);
  return reply.code(answer.status).send(answer.body);
}
