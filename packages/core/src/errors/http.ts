/** The catalogue's refusals of HTTP's own: how an address was called, not what was asked of it. */
import { type CatalogueEntry, entry } from "./entry.ts";

/** code → entry; part of the whole catalogue. */
export const httpErrors = {
  "too-many-calls": entry(
    429,
    "later",
    "Too many calls came in a short time.",
    "Wait as long as the Retry-After header says.",
  ),
  "wrong-media-type": entry(
    415,
    "never",
    "The body is not of a media type that is understood.",
    "Send JSON with content-type: application/json.",
  ),
  "wrong-method": entry(
    405,
    "never",
    "The address does not take this method.",
    "The Allow header names those it takes; /api/v1/openapi.json describes them.",
  ),
} as const satisfies Record<string, CatalogueEntry>;
