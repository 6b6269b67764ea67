/** Tokens: made, checked, revoked. A value is shown once, to who made it; the store has its hash. */
import { type AccessRole, EVERYWHERE, includes } from "@coeval/contract/api/access";
import { parseDuration } from "@coeval/contract/api/duration";
import type { CreateToken } from "@coeval/contract/api/token";
import { CoevalError } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Hash } from "@coeval/core/ports/hash";
import { newId, type Random } from "@coeval/core/ports/random";
import {
  countTokens,
  findToken,
  insertToken,
  listTokens,
  readToken,
  revokeToken,
  type Token,
  TOKENS_LISTED_MAX,
} from "@coeval/store/control/tokens";
import type { Control } from "../control.ts";
import type { Records } from "../records.ts";
import type { Caller } from "./caller.ts";

export interface Tokens {
  /** @returns the caller whose token this is. @throws CoevalError `not-authenticated`: unknown, expired, revoked. */
  authenticate(value: string, address: string): Promise<Caller>;
  /** @throws CoevalError `not-allowed` for a role above the maker's own, `too-large` beyond the bound. */
  create(who: string, maker: AccessRole, wanted: CreateToken): Promise<{ token: Token; value: string }>;
  list(): Promise<Token[]>;
  /** Revoked already: nothing. @throws CoevalError `not-found`, `not-allowed` for the last administrator's. */
  revoke(who: string, id: string): Promise<void>;
  /** The value of an administrator's token when there is no token at all yet, else null. */
  first(): Promise<string | null>;
}

export interface TokensWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
}

/** A value: 256 random bits after a prefix that secret scanners can know. */
const VALUE_PATTERN = /^coeval_[0-9a-f]{64}$/;
const SECRET_BYTES = 32;

export function createTokens(world: TokensWorld, control: Records & Pick<Control, "database">): Tokens {
  const db = () => control.database.db;
  const hashed = (value: string) => world.hash.sha256().update(value).hex();
  const isGood = (token: Token, now: number) =>
    token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);

  const create: Tokens["create"] = async (who, maker, wanted) => {
    if (!includes(maker, wanted.role))
      throw new CoevalError("not-allowed", `the role ${wanted.role} is above the maker's own, ${maker}`);
    const value = newValue(world.random);
    const token = await control.write(async (tx) => {
      if ((await countTokens(tx.trx)) >= TOKENS_LISTED_MAX)
        throw new CoevalError("too-large", `there are ${TOKENS_LISTED_MAX} tokens already`);
      const lifetimeMs = wanted.expiresIn === undefined ? null : parseDuration(wanted.expiresIn);
      const token: Token = {
        id: newId(world.random, "token"),
        name: wanted.name,
        role: wanted.role,
        scopes: wanted.scopes,
        createdAt: tx.now,
        createdBy: who,
        expiresAt: lifetimeMs === null ? null : tx.now + lifetimeMs,
        revokedAt: null,
      };
      await insertToken(tx.trx, token, hashed(value));
      const { name, role, scopes, expiresAt } = token;
      await tx.audit(who, "token.create", `token/${token.id}`, { name, role, scopes, expiresAt });
      await tx.event("token", `token/${token.id}`, { change: "created" });
      return token;
    });
    return { token, value };
  };

  return {
    async authenticate(value, address) {
      const token = VALUE_PATTERN.test(value) ? await findToken(db(), hashed(value)) : null;
      if (!token) throw new CoevalError("not-authenticated", "the token is unknown");
      if (token.revokedAt !== null) throw new CoevalError("not-authenticated", "the token was revoked");
      if (!isGood(token, world.clock.nowMs()))
        throw new CoevalError("not-authenticated", "the token has expired");
      const { id, name, scopes } = token;
      return { token: id, name, role: token.role as AccessRole, scopes, address };
    },
    create,
    list: () => listTokens(db()),
    async revoke(who, id) {
      await control.write(async (tx) => {
        const token = await readToken(tx.trx, id);
        if (!token) throw new CoevalError("not-found", `there is no token ${id.slice(0, 100)}`);
        if (token.revokedAt !== null) return;
        const others = (await listTokens(tx.trx)).filter(
          (other) => other.id !== id && other.role === "administrator" && isGood(other, tx.now),
        );
        if (token.role === "administrator" && others.length === 0)
          throw new CoevalError("not-allowed", "it is the last administrator's token; create another first");
        await revokeToken(tx.trx, id, tx.now);
        await tx.audit(who, "token.revoke", `token/${id}`, { name: token.name });
        await tx.event("token", `token/${id}`, { change: "revoked" });
      });
    },
    async first() {
      if ((await countTokens(db())) > 0) return null;
      const wanted = { name: "first", role: "administrator" as const, scopes: [EVERYWHERE] };
      return (await create("control", "administrator", wanted)).value;
    },
  };
}

function newValue(random: Random): string {
  const hex = Array.from(random.bytes(SECRET_BYTES), (byte) => byte.toString(16).padStart(2, "0"));
  return `coeval_${hex.join("")}`;
}
