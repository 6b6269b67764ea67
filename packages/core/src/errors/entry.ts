/** What the error catalogue says of one code. */

/** When trying again can help. */
export type Retry = "now" | "later" | "never";

/** What the catalogue says of one code. */
export interface CatalogueEntry {
  /** What it means, one sentence. */
  readonly meaning: string;
  /** When trying again can help. */
  readonly retry: Retry;
  /** What to do about it. */
  readonly hint: string;
  /** Status of the REST API's problem document. */
  readonly status: number;
}

/** An entry of the catalogue: status, when to retry, meaning, hint. */
export const entry = (status: number, retry: Retry, meaning: string, hint: string): CatalogueEntry => ({
  meaning,
  retry,
  hint,
  status,
});
