/** What every route is given. */
import type { World } from "@coeval/core/ports/world";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Tokens } from "../auth/tokens.ts";
import type { Control } from "../control.ts";

export interface ApiDeps {
  readonly world: World;
  readonly control: Control;
  readonly tokens: Tokens;
  readonly options: ApiOptions;
}

export interface ApiOptions {
  /** Of this software, as it is shown. */
  readonly version: string;
  /** `host:port` that enrolment tokens name, where agents reach the control device; default: the address it is bound to. */
  readonly linkAddress?: string;
  /** PEM, for https; without it the instance is for `inject` alone. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** The Fastify instance as routes see it: with the types of the Zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
