/** Instants for clients, which know the contract only: ms since 1970-01-01T00:00:00Z, as ISO 8601 in UTC with ms. */
export { formatInstant, type Instant, parseInstant } from "@coeval/core/model/instant";
