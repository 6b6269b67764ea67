import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import type { Expected, Peer, Stream } from "@coeval/core/ports/network";
import { openAuthority } from "./authority.ts";
import { parseAddress } from "./address.ts";
import { certificateFacts } from "./certificate.ts";
import { createClock } from "./clock.ts";
import { createKey, createRequest, type Identity } from "./identity.ts";
import { createTlsNetwork, type TlsNetwork } from "./network.ts";
import { createRandom } from "./random.ts";
import { createParties, keptLog, readAll, say } from "./testing/parties.ts";

const DAY_MS = 86_400_000;
const ours = await createParties();
const foreign = await createParties();
const past = await createParties({ text: ours.text, ageMs: 2 * DAY_MS });
const ends: (() => Promise<void>)[] = [];
after(() => Promise.all(ends.map((end) => end())));

interface House {
  readonly network: TlsNetwork;
  readonly address: string;
  readonly log: ReturnType<typeof keptLog>;
  readonly arrived: Stream[];
  next(): Promise<Stream>;
}

/** A listening party and those who came in. */
async function house(identity: Identity): Promise<House> {
  const log = keptLog();
  const network = createTlsNetwork({ log }, { identity });
  const arrived: Stream[] = [];
  let waiting: PromiseWithResolvers<Stream> | null = null;
  const listener = await network.listen("127.0.0.1:0", (stream) => {
    arrived.push(stream);
    waiting?.resolve(stream);
  });
  ends.push(() => listener.close());
  const next = () => (waiting = Promise.withResolvers()).promise;
  return { network, address: listener.address, log, arrived, next };
}

const networkOf = (identity: Identity) => createTlsNetwork({ log: keptLog() }, { identity });
const rejectsWith = (code: ErrorCode) => (thrown: unknown) =>
  thrown instanceof CoevalError && thrown.code === code;

test("an agent and the control device know each other by their certificates, and speak", async () => {
  const control = await house(await ours.control("control-7"));
  const identity = await ours.agent("berlin", "agent-2");
  const coming = control.next();
  const stream = await networkOf(identity).connect(control.address, undefined, {
    kind: "control",
  });
  const { fingerprint } = certificateFacts(identity.certificate);
  const inside = await coming;
  assert.deepEqual(inside.peer, {
    kind: "agent",
    cluster: "berlin",
    agent: "agent-2",
    fingerprint,
  } satisfies Peer);
  assert.equal(stream.peer.kind === "control" && stream.peer.id, "control-7");
  await say(stream, "hello");
  assert.equal(await readAll(inside), "hello");
});

test("agents speak with each other; the fingerprint expected is the one of the key, so a renewal keeps it", async () => {
  const key = createKey();
  const target = await house(await ours.agent("paris", "agent-1", key));
  const fingerprint = certificateFacts((await ours.agent("paris", "agent-1", key)).certificate).fingerprint;
  const expect = { kind: "agent", cluster: "paris", agent: "agent-1", fingerprint } as const;
  const stream = await networkOf(await ours.agent()).connect(target.address, undefined, expect);
  assert.deepEqual(stream.peer, expect);
  stream.close("seen");
});

test("a server that is somebody else than expected is refused", async () => {
  const identity = await ours.agent("paris", "agent-1");
  const target = await house(identity);
  const network = networkOf(await ours.agent());
  const agent = {
    kind: "agent",
    cluster: "paris",
    agent: "agent-1",
    fingerprint: certificateFacts(identity.certificate).fingerprint,
  } as const;
  for (const expect of [
    { kind: "control" },
    { ...agent, cluster: "rome" },
    { ...agent, agent: "agent-2" },
    { ...agent, fingerprint: "0".repeat(64) },
  ] satisfies Expected[]) {
    await assert.rejects(network.connect(target.address, undefined, expect), rejectsWith("peer-not-trusted"));
  }
  assert.equal(target.arrived.length, 0);
});

test("a server under another authority, or one whose certificate has expired, is refused", async () => {
  const network = networkOf(await ours.agent());
  for (const identity of [await foreign.control(), await past.control()]) {
    const { address } = await house(identity);
    await assert.rejects(network.connect(address), rejectsWith("peer-not-trusted"));
  }
});

/** Every certificate that must not open a link, by what is wrong with it. */
async function badIdentities(): Promise<Record<string, Identity>> {
  const agent = await ours.agent();
  const key = createKey();
  const https = await ours.authority.certifyServer(["example.org"], key);
  // An agent that plays authority with its own certificate.
  const world = { clock: createClock(), random: createRandom() };
  const usurper = await openAuthority(world, agent.key + agent.certificate);
  const forged = await usurper.certifyAgent(
    { cluster: "berlin", agent: "agent-9" },
    await createRequest(key),
  );
  const stranger = await foreign.agent();
  return {
    "wrong authority": { ...stranger, authority: agent.authority },
    "wrong authority, shown along": stranger,
    expired: await past.agent(),
    "certified by an agent": {
      key,
      certificate: forged.certificate + agent.certificate,
      authority: agent.authority,
    },
    "names no party": { key, certificate: https.certificate, authority: agent.authority },
    "for servers only": await ours.control(),
  };
}

test("100 peers with certificates that are not valid: none comes in, none is taken for a stranger", async () => {
  const control = await house(await ours.control());
  const bad = Object.entries(await badIdentities());
  const revoked = await ours.agent("berlin", "agent-3");
  control.network.revoke([certificateFacts(revoked.certificate).fingerprint]);
  bad.push(["revoked", revoked]);
  for (let i = 0; i < 100; i++) {
    const [fault, identity] = bad[i % bad.length] as [string, Identity];
    // The dialling end trusts our authority, so that only the listening end can refuse.
    const network = networkOf({ ...identity, authority: ours.authority.certificate });
    await assert.rejects(network.connect(control.address), rejectsWith("peer-not-trusted"), fault);
  }
  assert.equal(control.arrived.length, 0);
  assert.equal(control.log.lines.filter((line) => line.event === "peer-refused").length, 100);
  (await networkOf(await ours.agent()).connect(control.address)).close("a good one still comes in");
});

test("a revoked peer's open streams break at once, at both ends, whoever withdraws the trust", async () => {
  const control = await house(await ours.control());
  const identity = await ours.agent();
  const agent = networkOf(identity);
  const coming = control.next();
  const stream = await agent.connect(control.address);
  const inside = await coming;
  const reads = Promise.allSettled([inside.read(), stream.read()]);
  control.network.revoke([certificateFacts(identity.certificate).fingerprint]);
  const [there, here] = await reads;
  assert.ok(there.status === "rejected" && rejectsWith("peer-not-trusted")(there.reason));
  assert.ok(here.status === "rejected" || here.value === null);
  await assert.rejects(inside.write(Buffer.from("x")), rejectsWith("peer-not-trusted"));
  const renewed = await ours.agent("berlin", "agent-1", identity.key);
  await assert.rejects(
    networkOf(renewed).connect(control.address),
    rejectsWith("peer-not-trusted"),
    "renewal does not help",
  );
  control.network.revoke([]);
  const back = await agent.connect(control.address);
  assert.equal(back.peer.kind, "control");
  agent.revoke([certificateFacts((await peerCertificate(control.address)).toString()).fingerprint]);
  await assert.rejects(back.read(), rejectsWith("peer-not-trusted"));
  await assert.rejects(agent.connect(control.address), rejectsWith("peer-not-trusted"));
});

test("whoever shows no certificate is a stranger, and nothing else", async () => {
  const control = await house(await ours.control());
  const coming = control.next();
  const socket = tlsConnect({
    ...parseAddress(control.address),
    ca: ours.authority.certificate,
    checkServerIdentity: () => undefined,
  });
  await once(socket, "secureConnect");
  assert.deepEqual((await coming).peer, { kind: "stranger" });
  socket.destroy();
});

test("an own certificate is renewed while streams stay open", async () => {
  const key = createKey();
  const certify = async () => ({
    ...(await ours.control()),
    key,
    certificate: (await ours.authority.certifyControl("c", key)).certificate,
  });
  const control = await house(await certify());
  const coming = control.next();
  const stream = await networkOf(await ours.agent()).connect(control.address);
  const inside = await coming;
  const before = (await peerCertificate(control.address)).serialNumber;
  control.network.renew(await certify());
  assert.notEqual((await peerCertificate(control.address)).serialNumber, before);
  const again = await networkOf(await ours.agent()).connect(control.address);
  assert.equal(control.arrived.at(-1)?.peer.kind, "agent", "certificates are still asked for");
  again.close("seen");
  await say(stream, "still here");
  assert.equal(await readAll(inside), "still here");
});

test("a certificate of another key is not taken; the network goes on with the one before", async () => {
  const control = await house(await ours.control());
  const wrong = { ...(await ours.control()), key: createKey() };
  assert.throws(() => control.network.renew(wrong), /does not belong to the key/);
  assert.throws(() => networkOf(wrong), /does not belong to the key/);
  (await networkOf(await ours.agent()).connect(control.address)).close("came in");
});

test("no session is resumed, and TLS 1.2 is not spoken", async () => {
  const control = await house(await ours.control());
  const identity = await ours.agent();
  const how = {
    ...parseAddress(control.address),
    key: identity.key,
    cert: identity.certificate,
    rejectUnauthorized: false,
  };
  const first = tlsConnect(how);
  const sessions: Buffer[] = [];
  first.on("session", (session) => sessions.push(session));
  await once(first, "data");
  const session = sessions.at(-1) ?? first.getSession();
  first.destroy();
  const second = tlsConnect({ ...how, ...(session && { session }) });
  await once(second, "secureConnect");
  assert.equal(second.isSessionReused(), false);
  second.destroy();
  const old = tlsConnect({ ...how, maxVersion: "TLSv1.2" });
  await assert.rejects(once(old, "secureConnect"), /protocol version|handshake/);
});

async function peerCertificate(address: string) {
  const socket = tlsConnect({ ...parseAddress(address), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  assert.ok(certificate);
  return certificate;
}
