import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import type { Stream } from "@coeval/core/ports/network";
import { openAuthority } from "./authority.ts";
import { createClock } from "./clock.ts";
import { connectToEnrol } from "./enrolment.ts";
import { createKey, type Identity } from "./identity.ts";
import { createTlsNetwork } from "./network.ts";
import { createRandom } from "./random.ts";
import { createParties, keptLog, readAll, say } from "./testing/parties.ts";

const ours = await createParties();
const ends: (() => Promise<void>)[] = [];
after(() => Promise.all(ends.map((end) => end())));

async function server(identity: Identity) {
  const arrived: Stream[] = [];
  const network = createTlsNetwork({ log: keptLog() }, { identity });
  const listener = await network.listen("127.0.0.1:0", (stream) => void arrived.push(stream));
  ends.push(() => listener.close());
  return { address: listener.address, arrived };
}

test("by the fingerprint alone an agent finds the authority and speaks, as a stranger, with its control device", async () => {
  const { address, arrived } = await server(await ours.control("control-1"));
  const { stream, authority } = await connectToEnrol(address, ours.authority.fingerprint);
  assert.equal(authority, ours.authority.certificate);
  assert.equal(stream.peer.kind === "control" && stream.peer.id, "control-1");
  await say(stream, "my token");
  const inside = arrived.at(-1);
  assert.ok(inside);
  assert.equal(inside.peer.kind, "stranger");
  assert.equal(await readAll(inside), "my token");
});

test("nothing is said to a server that is not the token's control device", async () => {
  const foreign = await createParties();
  const past = await createParties({ text: ours.text, ageMs: 2 * 86_400_000 });
  const agent = await ours.agent();
  const usurper = await openAuthority(
    { clock: createClock(), random: createRandom() },
    agent.key + agent.certificate,
  );
  const key = createKey();
  const forged = await usurper.certifyControl("control-1", key);
  const bad: Record<string, Identity> = {
    "another authority": await foreign.control(),
    "another authority that shows ours along": {
      ...(await foreign.control()),
      authority: ours.authority.certificate,
    },
    "an agent": agent,
    expired: await past.control(),
    "certified by an agent": {
      key,
      certificate: forged.certificate + agent.certificate,
      authority: agent.authority,
    },
  };
  for (const [fault, identity] of Object.entries(bad)) {
    const { address, arrived } = await server(identity);
    const enrolling = connectToEnrol(address, ours.authority.fingerprint);
    await assert.rejects(
      enrolling,
      (thrown) => thrown instanceof CoevalError && thrown.code === "peer-not-trusted",
      fault,
    );
    for (const stream of arrived)
      assert.equal((await stream.read().catch(() => null))?.length ?? 0, 0, fault);
  }
});
