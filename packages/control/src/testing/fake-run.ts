/** A run at its beginning. */
import type { Run } from "@coeval/core/protect/run";
import { serviceBetween } from "./fake-control.ts";

export function runBetween(source: string, target: string): Run {
  const side = (cluster: string) => ({ cluster, agent: cluster, fingerprint: cluster, identity: null });
  return {
    id: "run-1",
    point: "point-1",
    service: serviceBetween(source, target),
    label: null,
    requestedBy: "token:test",
    moment: 5000,
    epoch: 1,
    base: null,
    previous: null,
    source: side(source),
    target: side(target),
    phase: "opening",
    cause: null,
    address: null,
    taken: null,
    grade: null,
    sent: null,
    received: null,
    signature: null,
    certificate: null,
    released: { source: false, target: false },
    progress: { source: null, target: null },
  };
}
