/** People's tokens: made, found by the hash of their value, listed, revoked. Revoked ones stay, for the audit's sake. */
import type { AccessTables } from "./access-tables.ts";
import type { ControlQueries, ControlWrites } from "./tables.ts";

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  /** `CLUSTER:PATH` each. */
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

/** Tokens listed at most. */
export const TOKENS_LISTED_MAX = 10_000;

export async function insertToken(trx: ControlWrites, token: Token, sha256: string): Promise<void> {
  await trx
    .insertInto("tokens")
    .values({ ...token, scopes: JSON.stringify(token.scopes), sha256 })
    .execute();
}

/** The token whose value has this hash, revoked and expired ones too; null when there is none. */
export async function findToken(db: ControlQueries, sha256: string): Promise<Token | null> {
  const row = await db.selectFrom("tokens").selectAll().where("sha256", "=", sha256).executeTakeFirst();
  return row ? tokenOf(row) : null;
}

export async function readToken(db: ControlQueries, id: string): Promise<Token | null> {
  const row = await db.selectFrom("tokens").selectAll().where("id", "=", id).executeTakeFirst();
  return row ? tokenOf(row) : null;
}

/** Oldest first. */
export async function listTokens(db: ControlQueries): Promise<Token[]> {
  const rows = await db
    .selectFrom("tokens")
    .selectAll()
    .orderBy("createdAt")
    .orderBy("id")
    .limit(TOKENS_LISTED_MAX)
    .execute();
  return rows.map(tokenOf);
}

export async function countTokens(db: ControlQueries): Promise<number> {
  const row = await db
    .selectFrom("tokens")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Revokes; one that is revoked already keeps its instant. */
export async function revokeToken(trx: ControlWrites, id: string, at: number): Promise<void> {
  await trx
    .updateTable("tokens")
    .set({ revokedAt: at })
    .where("id", "=", id)
    .where("revokedAt", "is", null)
    .execute();
}

function tokenOf({ sha256: _, scopes, ...row }: AccessTables["tokens"]): Token {
  return { ...row, scopes: JSON.parse(scopes) as string[] };
}
