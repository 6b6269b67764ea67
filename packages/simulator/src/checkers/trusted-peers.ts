/** Trusted peers: a forged or swapped certificate gets nothing but a refusal, from whomever it asks. */
import type { Checker } from "./checker.ts";

export const trustedPeers: Checker = { name: "trusted-peers", afterAll: ({ intrusions }) => [...intrusions] };
