/** Proves what a certificate says against what this agent knows itself, before it is signed. */
import { CoevalError } from "@coeval/core/errors";
import { canonical, type Json } from "@coeval/core/model/canonical";
import { type CertificateBody, certificateSha256 } from "@coeval/core/model/certificate";
import type { Base } from "@coeval/core/protect/instruction";
import { readCertificate } from "./certificates.ts";
import type { Context } from "./context.ts";

/** @throws CoevalError `protocol` when the certificate says something else than this agent saw. */
export function requireSame(field: string, claimed: unknown, own: unknown): void {
  if (canonical(claimed as Json) === canonical(own as Json)) return;
  throw new CoevalError(
    "protocol",
    `the certificate's ${field} is not what this agent saw; it is not signed`,
  );
}

/**
 * The point before is the transfer's base, and its certificate is the very one that lies here: so each side holds the chain.
 * @throws CoevalError `protocol` for another one, `base-mismatch` when none lies here.
 */
export async function proveChain(
  context: Context,
  base: Base | null,
  previous: CertificateBody["previous"],
): Promise<void> {
  requireSame("previous", previous?.point ?? null, base?.point ?? null);
  if (!base || !previous) return;
  const { world, instruction } = context;
  const certificate = await readCertificate(world, instruction.service, base.run);
  if (!certificate)
    throw new CoevalError("base-mismatch", `this agent holds no certificate of the point ${base.point}`);
  requireSame("previous", previous.certificateSha256, certificateSha256(world.hash, certificate));
}
