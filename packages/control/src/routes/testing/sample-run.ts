/** A run at its beginning, as Control would have stored it. */
import type { Service } from "@coeval/core/model/service";
import type { Run } from "@coeval/core/protect/run";
import type { RunRecord } from "../../runs.ts";
import { START_MS } from "./fake-world.ts";

export function sampleRun(
  id: string,
  service: Service,
  label: string | null,
  more: Partial<Run> = {},
): RunRecord {
  const side = (cluster: string) => ({
    cluster,
    agent: cluster,
    fingerprint: "f".repeat(64),
    identity: null,
  });
  const run: Run = {
    id,
    point: id.replace("run", "point"),
    service,
    label,
    requestedBy: "test",
    moment: START_MS + 3000,
    epoch: 1,
    base: null,
    previous: null,
    source: side(service.primary),
    target: side(service.secondary),
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
    ...more,
  };
  return { run, startedAt: START_MS, endedAt: null };
}
