/** Tokens: what people and their tools show with every call. The value is shown once; its hash is kept. */
import { z } from "zod";
import { accessRole, EVERYWHERE, scopeText } from "./access.ts";
import { closed, durationText, idText, instantText, listOf } from "./fields.ts";
import { named } from "./registry.ts";

/** Scopes of one token. */
export const TOKEN_SCOPES_MAX = 100;
const LIFETIME_MS_MAX = 3650 * 86_400_000;

/** It stands in the audit log beside addresses, so it holds nothing that could pass for one. */
const tokenName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be 1 to 64 letters, digits, '.', '_' or '-'");

/** Asks for a token. */
export const createToken = named(
  "CreateToken",
  closed({
    name: tokenName.describe("whose it is, or what for"),
    role: accessRole,
    scopes: z.array(scopeText).min(1).max(TOKEN_SCOPES_MAX).default([EVERYWHERE]),
    expiresIn: durationText(60_000, LIFETIME_MS_MAX)
      .optional()
      .describe("as 90d; without it the token is good until it is revoked"),
  }),
);
export type CreateToken = z.infer<typeof createToken>;

/** A token as it is listed: never with its value. */
export const tokenResource = named(
  "Token",
  z.object({
    id: idText,
    name: z.string(),
    role: accessRole,
    scopes: z.array(z.string()),
    createdAt: instantText,
    createdBy: z.string(),
    expiresAt: instantText.nullable(),
    revokedAt: instantText.nullable(),
  }),
);
export type TokenResource = z.infer<typeof tokenResource>;

/** The one answer that shows the value. */
export const createdToken = named("CreatedToken", tokenResource.extend({ value: z.string().max(200) }));
export type CreatedToken = z.infer<typeof createdToken>;

/** Every token. */
export const tokenList = named("TokenList", listOf(tokenResource));

/** Who the caller is. */
export const whoAmI = named(
  "WhoAmI",
  z.object({
    token: idText,
    name: z.string(),
    role: accessRole,
    scopes: z.array(z.string()),
    control: z.string().describe("the control device's name"),
    version: z.string(),
  }),
);
export type WhoAmI = z.infer<typeof whoAmI>;
