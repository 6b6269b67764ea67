/** What an agent answers is not believed where it can be checked: a signature that does not fit, or a certificate of something else, is a failure. */
import { canonical, type Json } from "@coeval/core/model/canonical";
import { checkCertificate, sourceBytes } from "@coeval/core/model/certificate";
import type { World } from "@coeval/core/ports/world";
import { certificateBody } from "@coeval/core/protect/certificate-body";
import type { Outcome } from "@coeval/core/protect/instruction";
import type { Run } from "@coeval/core/protect/run";

/** The outcome, or the failure that it amounts to. Pure. */
export function checkAnswer({ hash, signatures }: World, run: Run, outcome: Outcome): Outcome {
  if (!outcome.ok) return outcome;
  const { result } = outcome;
  if (result.step === "sign" && run.phase === "signing") {
    const { publicKey, signature, agent } = result.signature;
    if (signatures.verify(publicKey, sourceBytes(certificateBody(run)), signature)) return outcome;
    return wrong(`the signature of the source's agent ${agent} does not fit`);
  }
  if (result.step !== "seal" || run.phase !== "sealing") return outcome;
  const { certificate } = result;
  if (!equal(certificate.body, certificateBody(run))) return wrong("the certificate is not of this run");
  if (!equal(certificate.source, run.signature))
    return wrong("the certificate has another source's signature");
  const [why] = checkCertificate(certificate, null, hash, signatures);
  return why === undefined ? outcome : wrong(why);
}

function wrong(message: string): Outcome {
  return { ok: false, failure: { code: "protocol", message, evidence: [] } };
}

function equal(a: unknown, b: unknown): boolean {
  return canonical(a as Json) === canonical(b as Json);
}
