/** Tables of people's access: tokens and idempotency keys. Instants are ms of the control device's clock. */

export interface AccessTables {
  tokens: {
    id: string;
    /** SHA-256 (hex) of the value; the value itself is kept nowhere. */
    sha256: string;
    name: string;
    role: string;
    /** JSON: a list of `CLUSTER:PATH`. */
    scopes: string;
    createdAt: number;
    createdBy: string;
    expiresAt: number | null;
    revokedAt: number | null;
  };
  idempotencyKeys: {
    /** The caller's token and the key it chose: one caller's keys are no other's. */
    token: string;
    key: string;
    /** SHA-256 (hex) of method, path and body. */
    requestSha256: string;
    at: number;
    /** JSON of the answer, given again for a repeat. */
    answer: string;
  };
}
