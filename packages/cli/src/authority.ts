/** Finds the control device's authority by its fingerprint. Nothing is sent on this connection: it is trusted only after the fingerprint fits. */
import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect, type DetailedPeerCertificate } from "node:tls";
import { exit } from "./exit.ts";
import { CliError } from "./failure.ts";

const CONNECT_MS_MAX = 10_000;
const CHAIN_MAX = 5;

/** The certificate in PEM whose SHA-256 is `fingerprint` (hex, colons allowed), from the chain that the server shows. */
export async function fetchAuthority(url: string, fingerprint: string): Promise<string> {
  const wanted = fingerprint.replaceAll(":", "").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(wanted))
    throw new CliError("the fingerprint is not 64 hexadecimal digits", { exitCode: exit.usage });
  const chain = await shownChain(new URL(url));
  const found = chain.find((der) => createHash("sha256").update(der).digest("hex") === wanted);
  if (found) return new X509Certificate(found).toString();
  throw new CliError("the server's chain holds no certificate with that fingerprint", {
    exitCode: exit.notAllowed,
    hint: "compare with what the control device printed at its start; do not go on when they differ",
  });
}

function shownChain({ hostname, port }: URL): Promise<Buffer[]> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(isIP(host) ? {} : { servername: host }),
      // Nothing is believed here but the fingerprint, which is compared above.
      rejectUnauthorized: false,
      timeout: CONNECT_MS_MAX,
    });
    const fail = (why: string, cause?: unknown) => {
      socket.destroy();
      reject(new CliError(`${host}:${port || 443} ${why}`, { cause }));
    };
    socket.once("timeout", () => fail("does not answer"));
    socket.once("error", (error) => fail(`cannot be reached: ${error.message}`, error));
    socket.once("secureConnect", () => {
      const chain: Buffer[] = [];
      let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      while (next?.raw && chain.length < CHAIN_MAX) {
        chain.push(next.raw);
        next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
      }
      socket.destroy();
      resolve(chain);
    });
  });
}
