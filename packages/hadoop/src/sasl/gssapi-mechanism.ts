/** GSSAPI, the SASL mechanism of Kerberos: tokens of GSS until both sides are proven, then one exchange that agrees on
 * what protects the messages. Source: RFC 4752, section 3.1. */
import type { GssContext } from "./gss.ts";
import type { KerberosLogin } from "./kerberos-login.ts";
import type { Qop, SaslClient, SaslRequest } from "./mechanism.ts";
import { SaslError } from "./sasl-error.ts";

/** Bits of the first byte of the server's last challenge. */
const LAYERS: Readonly<Record<Qop, number>> = { auth: 1, "auth-int": 2, "auth-conf": 4 };
const OFFER_BYTES = 4;
/** The longest protected message that we take: what three bytes can say. */
const RECEIVED_BYTES_MAX = 0xff_ffff;

/** See {@link SaslClient}. The client speaks first: the first challenge is empty. */
export function createGssapi(login: KerberosLogin, request: SaslRequest): SaslClient {
  const server = serverOf(request);
  let context: GssContext | null = null;
  let established = false;
  let agreed: Agreement | null = null;

  const secured = (): { context: GssContext; agreed: Agreement } => {
    if (context === null || agreed === null)
      throw new SaslError("unsupported", "nothing is protected before the handshake is complete");
    return { context, agreed };
  };

  return {
    mechanism: "GSSAPI",
    get complete() {
      return agreed !== null;
    },
    get qop() {
      return agreed?.qop ?? null;
    },
    get wrapBytesMax() {
      return agreed?.wrapBytesMax ?? 0;
    },
    async step(challenge) {
      if (agreed !== null)
        throw new SaslError("badChallenge", "the server goes on after the end of the handshake");
      context ??= await login.connect(server);
      if (!established) {
        const answer = await context.step(challenge);
        established = answer.established;
        return answer.token;
      }
      const { qop, bufferBytes } = choose(context.unwrap(challenge).message, request.qops);
      agreed = { qop, wrapBytesMax: limitOf(context, qop, bufferBytes) };
      const size = qop === "auth" ? 0 : RECEIVED_BYTES_MAX;
      const reply = new Uint8Array(OFFER_BYTES);
      new DataView(reply.buffer).setUint32(0, LAYERS[qop] * 2 ** 24 + size);
      return context.wrap(reply, false);
    },
    wrap(message) {
      const {
        context: own,
        agreed: { qop },
      } = secured();
      return qop === "auth" ? message : own.wrap(message, qop === "auth-conf");
    },
    unwrap(bytes) {
      const {
        context: own,
        agreed: { qop },
      } = secured();
      if (qop === "auth") return bytes;
      const { message, sealed } = own.unwrap(bytes);
      if (qop === "auth-conf" && !sealed)
        throw new SaslError("tampered", "a message came unencrypted where encryption was agreed on");
      return message;
    },
    dispose() {
      context?.release();
      context = null;
    },
  };
}

interface Agreement {
  readonly qop: Qop;
  readonly wrapBytesMax: number;
}

function serverOf({ protocol, serverName }: SaslRequest) {
  const [host = "", realm = null] = serverName.split("@");
  return { service: protocol, host, realm };
}

function choose(offer: Uint8Array, accepted: readonly Qop[]): { qop: Qop; bufferBytes: number } {
  if (offer.length !== OFFER_BYTES)
    throw new SaslError("badChallenge", `the server's offer of protections has ${offer.length} bytes, not 4`);
  const bits = offer[0] ?? 0;
  const qop = accepted.find((each) => (bits & LAYERS[each]) !== 0);
  if (qop !== undefined) {
    return { qop, bufferBytes: new DataView(offer.buffer, offer.byteOffset).getUint32(0) % 2 ** 24 };
  }
  const offered = Object.entries(LAYERS).flatMap(([name, bit]) => ((bits & bit) === 0 ? [] : [name]));
  throw new SaslError(
    "protectionRefused",
    `the server offers ${offered.join(", ")}, and ${accepted.join(", ")} is asked for`,
  );
}

function limitOf(context: GssContext, qop: Qop, bufferBytes: number): number {
  if (qop === "auth") return Number.POSITIVE_INFINITY;
  const bytes = context.wrapBytesMax(bufferBytes, qop === "auth-conf");
  if (bytes > 0) return bytes;
  throw new SaslError(
    "badChallenge",
    `the server takes ${bufferBytes} bytes at a time, too few for any message`,
  );
}
