import assert from "node:assert/strict";
import { test } from "node:test";
import type { Peer } from "@coeval/core/ports/network";
import { forgedPeers } from "../scenarios/forged-peers.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

test("an agent that takes everybody for the peer it expects lets strangers in", async () => {
  let expected: Peer | null = null;
  const complainers = await complainersUnder(drain, forgedPeers, {
    east: {
      network: (network) => ({
        ...network,
        async connect(address, cancel, expect) {
          const stream = await network.connect(address, cancel, expect);
          // What the secondary's agent will see of the genuine one.
          if (expect?.kind === "agent") expected = { ...expect, cluster: "east", agent: "east" };
          return stream;
        },
        listen: network.listen,
      }),
    },
    west: {
      network: (network) => ({
        ...network,
        listen: (address, accept) =>
          network.listen(address, (stream) => {
            if (stream.peer.kind === "agent" && stream.peer.fingerprint !== "f".repeat(64))
              expected ??= stream.peer;
            accept({ ...stream, peer: expected ?? stream.peer });
          }),
      }),
    },
  });
  assert.ok(complainers.includes("trusted-peers"));
});
