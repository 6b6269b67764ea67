/** SHA-256, and signatures with the keys that stand in our certificates: ECDSA on P-256 with SHA-256, or Ed25519. */
import {
  createHash as createNodeHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { CoevalError } from "@coeval/core/errors";
import type { Hash, Hasher, SignatureCheck, Signer } from "@coeval/core/ports/hash";

export function createHash(): Hash {
  return { sha256 };
}

/** Signs with a private key (PKCS #8 in PEM). Throws CoevalError `bad-input` for any other kind of key. */
export function createSigner(privateKeyPem: string): Signer {
  const key = privateKey(privateKeyPem);
  const digest = digestOf(key);
  if (digest === undefined) throw new CoevalError("bad-input", "a signing key is on P-256 or Ed25519");
  return {
    publicKey: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
    sign: (bytes) => sign(digest, bytes, key).toString("base64"),
  };
}

export function createSignatureCheck(): SignatureCheck {
  return {
    verify(publicKeyPem, bytes, signature) {
      const raw = Buffer.from(signature, "base64");
      // The decoder skips what is no base64, so that many texts would stand for one signature; only the plain one counts.
      // node:crypto would take a private key or a certificate for its public half as well.
      if (!publicKeyPem.startsWith("-----BEGIN PUBLIC KEY-----")) return false;
      if (raw.length === 0 || raw.toString("base64") !== signature) return false;
      try {
        const key = createPublicKey({ key: publicKeyPem, format: "pem", type: "spki" });
        const digest = digestOf(key);
        return digest !== undefined && verify(digest, bytes, key, raw);
      } catch {
        // A text that is no public key: the port's answer to malformed input is false.
        return false;
      }
    },
  };
}

function sha256(): Hasher {
  const hash = createNodeHash("sha256");
  const hasher: Hasher = {
    update(bytes) {
      hash.update(bytes);
      return hasher;
    },
    hex: () => hash.digest("hex"),
  };
  return hasher;
}

function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new CoevalError("bad-input", "the private key is not readable PEM", { cause });
  }
}

/** What node:crypto calls the digest for the key's kind (null: the scheme has its own); undefined for kinds that we do not use. */
function digestOf(key: KeyObject): string | null | undefined {
  if (key.asymmetricKeyType === "ed25519") return null;
  if (key.asymmetricKeyType !== "ec") return undefined;
  return key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? "sha256" : undefined;
}
