import assert from "node:assert/strict";
import { test } from "node:test";
import type { Peer } from "@coeval/core/ports/network";
import { drain } from "../drain.ts";
import { forgedPeers } from "../scenarios/forged-peers.ts";
import { complainersUnder } from "./tampered.ts";

test("an agent that takes everybody for the peer that it knows lets strangers in", async () => {
  let known: Peer | null = null;
  const complainers = await complainersUnder(drain, forgedPeers, {
    west: {
      network: (network) => ({
        ...network,
        listen: (address, accept) =>
          network.listen(address, (stream) => {
            const { peer } = stream;
            if (peer.kind === "agent" && peer.cluster === "east" && !/^f+$/.test(peer.fingerprint))
              known ??= peer;
            accept({ ...stream, peer: known ?? peer });
          }),
      }),
    },
  });
  assert.ok(complainers.includes("trusted-peers"));
});
