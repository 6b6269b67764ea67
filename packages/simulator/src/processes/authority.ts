/** The certificate authority of a simulated world: a certificate is a text that names its key. */
import type { Authority } from "@coeval/control/authority";
import { CoevalError } from "@coeval/core/errors";
import { digest } from "../world/hash.ts";

const CSR = /^-----BEGIN CERTIFICATE REQUEST-----\n([\s\S]*)-----END CERTIFICATE REQUEST-----\n$/;

export function createAuthority(): Authority {
  const authority = "-----BEGIN CERTIFICATE-----\nauthority\n-----END CERTIFICATE-----\n";
  return {
    fingerprint: digest(authority),
    async sign(csrPem, { cluster, agent }) {
      const publicKey = CSR.exec(csrPem)?.[1];
      if (publicKey === undefined) throw new CoevalError("enrolment-refused", "the request is malformed");
      const certificate = `-----BEGIN CERTIFICATE-----\n${cluster}/${agent}\n-----END CERTIFICATE-----\n`;
      return { certificate, authority, fingerprint: digest(publicKey) };
    },
  };
}

/** A certificate request for a key. */
export function requestFor(publicKey: string): string {
  return `-----BEGIN CERTIFICATE REQUEST-----\n${publicKey}-----END CERTIFICATE REQUEST-----\n`;
}
