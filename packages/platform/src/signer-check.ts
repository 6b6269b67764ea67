/** Whether a signature's key belongs to the agent that it names: its X.509 chain says so, under the authority at the chain's end. */
import { X509Certificate } from "node:crypto";
import type { Signature } from "@coeval/core/model/certificate";
import { fingerprintOfCertificate, peerNamed } from "./certificate.ts";

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** The agent's, and the authority's. */
const CHAIN_LENGTH = 2;

/**
 * What is wrong with the chain, in words; empty when it holds. Validity times are left out: a point outlives the 24 h of a certificate.
 * @param authority SHA-256 (hex) of the authority's certificate that it must end in; null takes any.
 */
export function checkSigner(signer: Signature, authority: string | null): string[] {
  try {
    const chain = (signer.chain.match(PEM) ?? []).map((pem) => new X509Certificate(pem));
    const [leaf, root] = chain;
    if (chain.length !== CHAIN_LENGTH || !leaf || !root)
      return [`the chain of ${signer.agent} is not an agent's`];
    const wrong: string[] = [];
    const peer = peerNamed(leaf);
    if (peer.kind !== "agent" || peer.agent !== signer.agent)
      wrong.push(`the chain is not of the agent ${signer.agent}`);
    if (leaf.publicKey.export({ type: "spki", format: "pem" }) !== signer.publicKey)
      wrong.push(`the key of ${signer.agent} is not its certificate's`);
    if (!root.ca || !root.verify(root.publicKey) || !leaf.verify(root.publicKey))
      wrong.push(`the certificate of ${signer.agent} was not signed by its authority`);
    const found = fingerprintOfCertificate(root);
    if (authority !== null && found !== authority)
      wrong.push(`the authority of ${signer.agent} is ${found}, not ${authority}`);
    return wrong;
  } catch (thrown) {
    return [
      `the chain of ${signer.agent} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    ];
  }
}
