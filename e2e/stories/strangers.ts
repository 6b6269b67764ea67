// Enrolments and peers that must not be accepted: stolen, replayed, expired, invented tokens; certificates of another
// authority, of nobody, and of an agent that was revoked; at the control device's link and at both agents'.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LINK_VERSION } from "@coeval/contract/wire/link";
import { createAuthority, openAuthority } from "@coeval/platform/authority";
import { createKey, createRequest, decodeIdentity } from "@coeval/platform/identity";
import { createWorld } from "@coeval/platform/world";
import { until } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { approach, type Credentials, type Heard } from "../independent/stranger.ts";

/** What each kind of attempt looks like. */
interface Attempt {
  readonly kind: string;
  readonly address: string;
  readonly messages: readonly object[];
  readonly credentials?: Credentials;
}

export interface StrangersOptions {
  readonly attempts: number;
  readonly report: (line: string) => void;
}

/** Words by which either end would show that it has accepted a stranger. */
const ACCEPTED = ["welcome", "certified", "opened", "instruct", "time"];

const BACK_WITHIN_MS = 30_000;

export async function strangersAreRefused(world: World, options: StrangersOptions): Promise<void> {
  const before = await agents(world);
  await speakerWorks(world);
  const revoked = await revokedAgent(world);
  const kinds = [...(await tokenAttempts(world)), ...(await certificateAttempts(world, revoked))];
  await until("both agents, after the control device was away", BACK_WITHIN_MS, async () =>
    (await agents(world)).filter(({ state }) => state === "connected").length === before.length ? true : null,
  );
  const accepted: string[] = [];
  const tally = new Map<string, number>();
  for (let number = 0; number < options.attempts; number++) {
    const attempt = kinds[number % kinds.length] as Attempt;
    const heard = await approach(attempt.address, attempt.messages, attempt.credentials);
    tally.set(attempt.kind, (tally.get(attempt.kind) ?? 0) + 1);
    if (isAccepted(heard)) accepted.push(`${attempt.kind}: ${JSON.stringify(heard.messages)}`);
  }
  options.report(`${options.attempts} attempts: ${[...tally].map(([kind, n]) => `${n} ${kind}`).join(", ")}`);
  assert.deepEqual(accepted, [], "accepted");
  assert.deepEqual(
    (await agents(world)).filter(({ cluster }) => cluster !== SPARE),
    before,
    "the agents are those from before",
  );
  const { items } = await world.ask<{ items: { what: string }[] }>(["audit", "list"]);
  assert.ok(
    items.some(({ what }) => what === "agent.refuse-enrolment"),
    "refused enrolments are in the audit log",
  );
}

function isAccepted({ messages }: Heard): boolean {
  return messages.some(({ say }) => say !== undefined && ACCEPTED.includes(say));
}

async function agents(world: World): Promise<{ cluster: string; fingerprint: string; state: string }[]> {
  const { items } = await world.ask<{ items: { cluster: string; fingerprint: string; state: string }[] }>([
    "agent",
    "list",
  ]);
  return items.map(({ cluster, fingerprint, state }) => ({ cluster, fingerprint, state }));
}

const SPARE = "spare";

async function enrolMessage(secret: string, agent: string): Promise<object> {
  return { say: "enrol", secret, agent, csr: await createRequest(createKey()) };
}

const hello = { say: "hello", version: LINK_VERSION, software: "stranger", dataAddress: "127.0.0.1:1" };
const open = { say: "open", run: "run-0123456789abcdef", service: "any", epoch: 1, baseManifestSha256: null };

function secretOf(token: string): string {
  return token.trim().split("/").at(-1) ?? "";
}

/** A fresh token in the right hands is accepted: so the attempts below fail for what they are, not for their form. */
async function speakerWorks(world: World): Promise<void> {
  // Nobody is asked there: one HDFS is registered once, and this cluster is only for its agents' sake.
  const url = "webhdfs://spare.invalid:9870";
  const definition = `apiVersion: coeval/v1
kind: Cluster
metadata: { name: ${SPARE} }
spec:
  hdfs: { url: "${url}", user: ${world.pair.west.serviceUser} }
  scopes: ["/"]
`;
  await world.ask(["cluster", "add", "-f", world.file(`${SPARE}.yaml`, definition)]);
  const { token } = await world.ask<{ token: string }>(["cluster", "enroll", SPARE]);
  const heard = await approach(world.link, [await enrolMessage(secretOf(token), SPARE)]);
  assert.ok(isAccepted(heard), `a fresh token was refused: ${JSON.stringify(heard)}`);
}

/** A real certificate of the authority whose agent was revoked afterwards. */
async function revokedAgent(world: World): Promise<Credentials> {
  const { token } = await world.ask<{ token: string }>(["cluster", "enroll", SPARE]);
  const key = createKey();
  const csr = await createRequest(key);
  const message = { say: "enrol", secret: secretOf(token), agent: SPARE, csr };
  const { messages } = await approach(world.link, [message]);
  const { certificate } = messages[0] as { certificate?: string };
  assert.ok(certificate !== undefined, JSON.stringify(messages));
  const credentials = { key, cert: certificate };
  const first = await approach(world.link, [hello], credentials);
  assert.ok(isAccepted(first), `before it is revoked it is welcome: ${JSON.stringify(first)}`);
  await world.ask(["agent", "revoke", `${SPARE}/${SPARE}`, "--yes"]).catch((error: Error) => {
    // The command prints no JSON.
    if (!/printed no JSON/.test(error.message)) throw error;
  });
  return credentials;
}

async function tokenAttempts(world: World): Promise<Attempt[]> {
  const { link } = world;
  const used = secretOf(readFileSync(join(world.dir, "east.token"), "utf8"));
  const expired = await expiredSecret(world);
  const { token: other } = await world.ask<{ token: string }>(["cluster", "enroll", SPARE]);
  const invented = `${used.split(".")[0]}.${"A".repeat(43)}`;
  return [
    { kind: "replayed tokens", address: link, messages: [await enrolMessage(used, "east")] },
    { kind: "expired tokens", address: link, messages: [await enrolMessage(expired, SPARE)] },
    {
      kind: "tokens of another agent",
      address: link,
      messages: [await enrolMessage(secretOf(other), "west")],
    },
    { kind: "invented secrets", address: link, messages: [await enrolMessage(invented, "east")] },
    { kind: "nobody's greetings", address: link, messages: [hello] },
  ];
}

/** Its hour is over: set so where the control device keeps it, while it is stopped, for a test cannot wait that long. */
async function expiredSecret(world: World): Promise<string> {
  const { token } = await world.ask<{ token: string }>(["cluster", "enroll", SPARE]);
  const secret = secretOf(token);
  await world.control.stop();
  const database = new DatabaseSync(join(world.dataFolder, "control.db"), { timeout: 5000 });
  const { changes } = database
    .prepare('update enrolments set "expiresAt" = ? where id = ?')
    .run(Date.now() - 1000, secret.split(".")[0] ?? "");
  database.close();
  assert.equal(Number(changes), 1, "the enrolment that was to expire");
  await world.control.start();
  await until("the control device", BACK_WITHIN_MS, async () =>
    (await world.cli(["status"])).stdout === "" ? null : true,
  );
  return secret;
}

async function certificateAttempts(world: World, revoked: Credentials): Promise<Attempt[]> {
  const forged = await forgedAgent(world);
  const peers = [peerAddress(world.east.process.output()), peerAddress(world.west.process.output())];
  return [
    {
      kind: "certificates of another authority at the link",
      address: world.link,
      messages: [hello],
      credentials: forged,
    },
    {
      kind: "revoked certificates at the link",
      address: world.link,
      messages: [hello],
      credentials: revoked,
    },
    ...peers.flatMap((address): Attempt[] => [
      { kind: "peers of another authority", address, messages: [open], credentials: forged },
      { kind: "peers without a certificate", address, messages: [open] },
      { kind: "revoked peers", address, messages: [open], credentials: revoked },
      // A real agent of the control device, but no open instruction names it.
      { kind: "peers that nobody instructed", address, messages: [open], credentials: ownAgent(world) },
    ]),
  ];
}

/** The east agent's own key, as a thief would have copied it. */
function ownAgent(world: World): Credentials {
  const { key, certificate } = decodeIdentity(
    readFileSync(join(world.east.dataFolder, "identity.pem"), "utf8"),
  );
  return { key, cert: certificate };
}

async function forgedAgent(world: World): Promise<Credentials> {
  const platform = createWorld({ dataFolder: join(world.dir, "forger") });
  try {
    const forger = await openAuthority(platform, await createAuthority(platform, "authority-forged"));
    const key = createKey();
    const names = { cluster: "east", agent: "east" };
    const { certificate } = await forger.certifyAgent(names, await createRequest(key));
    return { key, cert: certificate };
  } finally {
    platform.close();
  }
}

function peerAddress(output: string): string {
  const found = /peers (127\.0\.0\.1:\d+)/.exec(output)?.[1];
  assert.ok(found !== undefined, `the agent does not say where its peers connect:\n${output}`);
  return found;
}
