/** The instructions that a phase of a run calls for: decided from the run alone, so that a restart gives the same ones. */
import type { Certificate } from "../model/certificate.ts";
import { relativeTo } from "../model/path.ts";
import { certificateBody } from "./certificate-body.ts";
import { DIRECTIONS } from "./direction.ts";
import {
  type HoldingPlace,
  type Instruction,
  instructionId,
  type Order,
  type Side,
  type TransferPeer,
  type TransferShare,
} from "./instruction.ts";
import type { Run, RunSide } from "./run.ts";

/** The clock's error may take at most this share of the tolerance. */
const CLOCK_SHARE = 0.5;

/** All instructions of the run's phase, while sending of its half: first who listens, then who dials. Those given before and answered are answered again from the journal. */
export function instruct(run: Run): Instruction[] {
  switch (run.phase) {
    case "opening":
      return [to(run, "target", { step: "open-holding", ...holding(run) })];
    case "arming":
      return [
        to(run, "source", {
          step: "take-snapshots",
          moment: run.moment,
          sets: run.service.dataSets,
          filters: run.service.policy.filters,
          ...(run.patterns ? { patterns: run.patterns.all, uncovered: run.patterns.uncovered } : {}),
          snapshotName: snapshotName(run),
          clockErrorMsMax: run.service.policy.tolerance.windowMs * CLOCK_SHARE,
        }),
      ];
    case "sending":
      return [run.address === null ? listen(run) : dial(run, run.address)];
    case "verifying":
      return [to(run, "target", { step: "verify" })];
    case "signing":
      return [to(run, "source", { step: "sign", body: certificateBody(run) })];
    case "sealing":
      if (!run.signature) return [];
      return [
        to(run, "target", {
          step: "seal",
          body: certificateBody(run),
          source: run.signature,
          previous: run.previous?.point ?? null,
        }),
      ];
    case "closing":
      return both(run, releasing(run, "sealed", run.certificate));
    case "giving-up":
      return both(run, releasing(run, "void", null));
    default:
      return [];
  }
}

/** The name of a run's snapshots on the source: unique, and known by itself as ours and as this service's. */
export function snapshotName(run: {
  readonly id: string;
  readonly service: { readonly name: string };
}): string {
  return `${snapshotPrefix(run.service.name)}${run.id}`;
}

/** How the names of a service's snapshots on the source begin; what follows is the run. */
export function snapshotPrefix(service: string): string {
  return `coeval-${service}-`;
}

function releasing(run: Run, outcome: "sealed" | "void", certificate: Certificate | null): Order {
  return { step: "release", outcome, certificate, sets: run.service.dataSets, holding: holding(run) };
}

function holding(run: Run): HoldingPlace {
  const { mapping, dataSets, policy } = run.service;
  return {
    directory: mapping.target,
    sets: dataSets.map((set) => ({ name: set.name, relative: relativeTo(set.path, mapping.source) })),
    filters: policy.filters,
    base: run.base,
  };
}

function listen(run: Run): Instruction {
  const { side, step } = DIRECTIONS[run.service.policy.direction].listens;
  return to(run, side, { step, base: run.base, peer: peerOf(run[otherSide(side)]), share: shareOf(run) });
}

function dial(run: Run, address: string): Instruction {
  const { side, step } = DIRECTIONS[run.service.policy.direction].dials;
  return to(run, side, {
    step,
    base: run.base,
    peer: peerOf(run[otherSide(side)]),
    share: shareOf(run),
    address,
  });
}

function shareOf({ service, moment }: Run): TransferShare {
  const { bandwidthBytesPerSecond: bytesPerSecond, priority } = service.policy;
  return { bytesPerSecond, priority, moment };
}

function otherSide(side: Side): Side {
  return side === "source" ? "target" : "source";
}

function both(run: Run, order: Order): Instruction[] {
  return [to(run, "source", order), to(run, "target", order)];
}

function to(run: Run, side: Side, order: Order): Instruction {
  return {
    id: instructionId(run.id, order.step, side),
    run: run.id,
    service: run.service.name,
    cluster: run[side].cluster,
    role: side === "source" ? "primary" : "secondary",
    epoch: run.epoch,
    identity: run[side].identity,
    order,
  };
}

function peerOf(side: RunSide): TransferPeer {
  return { cluster: side.cluster, agent: side.agent, fingerprint: side.fingerprint };
}
