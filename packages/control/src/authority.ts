/** The certificate authority that the control device needs: it signs agents' keys. Implemented outside, over real X.509. */

export interface Authority {
  /** SHA-256 (hex) of the authority's own certificate, as enrolment tokens carry it. */
  readonly fingerprint: string;
  /**
   * Signs an agent's key for a cluster.
   * @param csrPem PKCS#10; what it says of names is ignored.
   * @throws CoevalError `enrolment-refused` for a request that is malformed or not signed by its own key.
   */
  sign(csrPem: string, names: { cluster: string; agent: string }, nowMs: number): Promise<Signed>;
}

export interface Signed {
  /** PEM, leaf first. */
  readonly certificate: string;
  /** The authority's certificate in PEM. */
  readonly authority: string;
  /** SHA-256 (hex) of the agent's SubjectPublicKeyInfo. */
  readonly fingerprint: string;
}
