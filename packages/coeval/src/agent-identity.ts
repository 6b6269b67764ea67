/** The agent's key and certificate: made at enrolment, kept in its data folder, renewed at half its life. The key never leaves. */
import { channelOn } from "@coeval/contract/wire/channel";
import { fromControl } from "@coeval/contract/wire/link";
import { readEnrolmentToken } from "@coeval/contract/api/enrolment-token";
import { CoevalError } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import { CERTIFICATE_LIFE_MS } from "@coeval/platform/authority";
import { certificateFacts } from "@coeval/platform/certificate";
import { connectToEnrol } from "@coeval/platform/enrolment";
import {
  createKey,
  createRequest,
  decodeIdentity,
  encodeIdentity,
  type Identity,
} from "@coeval/platform/identity";
import { readText, writeText } from "./text-files.ts";

const IDENTITY_FILE = "identity.pem";
const AGENT_FILE = "agent.json";

export interface AgentIdentity {
  readonly identity: Identity;
  readonly cluster: string;
  readonly agent: string;
  /** `host:port` of the control device. */
  readonly control: string;
}

/**
 * The identity of the data folder, or a new one by the token.
 * @throws CoevalError `bad-input` without either, `enrolment-refused`, `peer-not-trusted`, `unreachable`.
 */
export async function agentIdentity(world: World, tokenText: string | null): Promise<AgentIdentity> {
  const known = await readText(world.files, AGENT_FILE);
  const stored = await readText(world.files, IDENTITY_FILE);
  if (known !== null && stored !== null) {
    return { ...(JSON.parse(known) as Omit<AgentIdentity, "identity">), identity: decodeIdentity(stored) };
  }
  if (tokenText === null) {
    throw new CoevalError(
      "bad-input",
      "this agent is not enrolled: give --token-file, as `coeval cluster enroll` printed it",
    );
  }
  const { control, cluster, agent, secret, authority } = readEnrolmentToken(tokenText);
  const key = createKey();
  const { stream } = await connectToEnrol(control, authority);
  const channel = channelOn(stream);
  try {
    await channel.send({ say: "enrol", secret, agent, csr: await createRequest(key) });
    const frame = await channel.receive();
    const message = fromControl.parse(frame?.kind === "json" ? frame.value : null);
    if (message.say === "refused") throw new CoevalError(message.failure.code, message.failure.message);
    if (message.say !== "certified")
      throw new CoevalError("protocol", `\`${message.say}\` came where \`certified\` is due`);
    const identity: Identity = { key, certificate: message.certificate, authority: message.authority };
    await saveIdentity(world, identity);
    await writeText(world.files, AGENT_FILE, JSON.stringify({ cluster, agent, control }));
    return { identity, cluster, agent, control };
  } finally {
    channel.close("enrolled");
  }
}

export async function saveIdentity(world: World, identity: Identity): Promise<void> {
  await writeText(world.files, IDENTITY_FILE, encodeIdentity(identity));
}

/** Ms until half of its life is over, by this machine's clock; 0 when it is. */
export function renewInMs(world: World, identity: Identity): number {
  const { expiresAtMs } = certificateFacts(identity.certificate);
  return Math.max(0, expiresAtMs - CERTIFICATE_LIFE_MS / 2 - world.clock.nowMs());
}
