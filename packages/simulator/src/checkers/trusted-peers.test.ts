import assert from "node:assert/strict";
import { test } from "node:test";
import type { Network, Peer } from "@coeval/core/ports/network";
import type { Direction } from "@coeval/core/protect/direction";
import { drain } from "../drain.ts";
import type { ClusterName, Scenario } from "../plan.ts";
import { forgedPeers } from "../scenarios/forged-peers.ts";
import { complainersUnder } from "./tampered.ts";

/** The scenario in this direction alone, and an agent that takes everybody for the peer that it met first. */
async function complainers(direction: Direction, listener: ClusterName, peerCluster: ClusterName) {
  const scenario: Scenario = {
    name: forgedPeers.name,
    plan: (seed) => ({ ...forgedPeers.plan(seed), directions: [direction] }),
  };
  const tampers = {
    [listener]: {
      network(network: Network): Network {
        let known: Peer | null = null;
        return {
          ...network,
          listen: (address, accept) =>
            network.listen(address, (stream) => {
              const { peer } = stream;
              if (peer.kind === "agent" && peer.cluster === peerCluster && !/^f+$/.test(peer.fingerprint))
                known ??= peer;
              accept({ ...stream, peer: known ?? peer });
            }),
        };
      },
    },
  };
  return complainersUnder(drain, scenario, tampers, "trusted-peers");
}

test("an agent that takes everybody for the peer that it knows lets strangers in, whichever end listens", async () => {
  assert.ok((await complainers("push", "west", "east")).includes("trusted-peers"));
  assert.ok((await complainers("pull", "east", "west")).includes("trusted-peers"));
});
