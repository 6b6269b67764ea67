/**
 * Removals: what is still to be done on the clusters for services that were deleted. The service is gone at once, in one transaction with
 * its instructions; they wait for their agents like any other. Its points are listed until the secondary's agent says that they are gone.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Service } from "@coeval/core/model/service";
import { newId } from "@coeval/core/ports/random";
import type { World } from "@coeval/core/ports/world";
import { type Instruction, instructionId, type Side } from "@coeval/core/protect/instruction";
import type { RunEvent } from "@coeval/core/protect/run";
import { clusterGet } from "@coeval/store/control/cluster-get";
import { pointForget } from "@coeval/store/control/point-forget";
import { removalAdd } from "@coeval/store/control/removal-add";
import { removalAnswer } from "@coeval/store/control/removal-answer";
import { removalOpen } from "@coeval/store/control/removal-open";
import type { StoredService } from "@coeval/store/control/service-row";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Call } from "./call.ts";
import type { Acting } from "./acting.ts";
import type { Records, Tx } from "./records.ts";
import type { Answer } from "./save-step.ts";

export interface Removals {
  /** Asks the secondary's agent whether its limits allow to delete all points. @throws CoevalError `agent-away`, `beyond-limits`, `stalled`. */
  requireDeletable(service: Service): Promise<void>;
  /** In the deletion's transaction; what it returns is to be sent once that is stored. */
  begin(
    tx: Tx,
    call: Call,
    stored: StoredService,
    points: "keep" | "delete",
  ): Promise<readonly Instruction[]>;
  /** @throws CoevalError `being-removed` while a service of this name is still being removed. */
  requireNone(db: ControlQueries, name: string): Promise<void>;
  /** What is still to be done, as of the store. */
  open(): Promise<readonly Instruction[]>;
  /** An agent's answer to one of its instructions; a report means nothing here. */
  feed(event: RunEvent, answer: Answer | null): Promise<void>;
}

export interface RemovalsParts {
  readonly db: ControlQueries;
  readonly records: Records;
  readonly acting: Pick<Acting, "link">;
}

/** True for the run that a removal's instructions name. */
export function isRemoval(run: string): boolean {
  return run.startsWith("removal-");
}

export function createRemovals(world: World, { db, records, acting }: RemovalsParts): Removals {
  return {
    async requireDeletable({ name, secondary, mapping }) {
      const link = acting.link(secondary);
      if (!link)
        throw new CoevalError(
          "agent-away",
          `the agent of ${secondary} is not connected: only it can delete points; --points keep needs no agent`,
        );
      await link.questions.ask({ say: "may-retire", service: name, directory: mapping.target });
    },
    async begin(tx, call, { service, epoch }, points) {
      const run = newId(world.random, "removal");
      const sides: readonly Side[] = points === "delete" ? ["source", "target"] : ["source"];
      const given: Instruction[] = [];
      for (const side of sides) {
        const instruction = await instructionFor(tx.trx, { run, service, epoch, side, points });
        if (!instruction) continue;
        await removalAdd(tx.trx, instruction);
        const { id, cluster } = instruction;
        await tx.audit(call.who, "instruction.give", `instruction/${id}`, {
          cluster,
          step: "retire",
          points,
        });
        given.push(instruction);
      }
      return given;
    },
    async requireNone(queries, name) {
      const [open] = await removalOpen(queries, name);
      if (!open) return;
      throw new CoevalError(
        "being-removed",
        `the service '${name}' that was deleted is still being removed: ${open.id} waits for the agent of ${open.cluster}`,
      );
    },
    open: () => removalOpen(db),
    async feed(event, answer) {
      if (event.kind !== "answered" || !answer) return;
      const { instruction: id, outcome, who } = answer;
      const failure = outcome.ok ? null : outcome.failure;
      await records.write(async (tx) => {
        const given = await removalAnswer(tx.trx, id, outcome);
        if (!given) return;
        const { service, order } = given;
        const details = failure ? { ok: false, code: failure.code, message: failure.message } : { ok: true };
        await tx.audit(who, "instruction.answer", `instruction/${id}`, details);
        if (event.side === "target" && order.step === "retire") {
          const points = failure ? [] : await pointForget(tx.trx, service);
          const what = failure ? "service.keep-points" : "service.delete-points";
          await tx.audit("control", what, `service/${service}`, { points, why: failure?.message ?? null });
        }
        await tx.event("service", `service/${service}`, { removed: true });
      });
      if (!outcome.ok) world.log.error("removal-failed", { instruction: id, why: outcome.failure.message });
    },
  };
}

interface Wanted {
  readonly run: string;
  readonly service: Service;
  readonly epoch: number;
  readonly side: Side;
  readonly points: "keep" | "delete";
}

/** Null when no agent has ever met the cluster: then nothing of the service lies there. */
async function instructionFor(
  db: ControlQueries,
  { run, service, epoch, side, points }: Wanted,
): Promise<Instruction | null> {
  const cluster = side === "source" ? service.primary : service.secondary;
  const identity = (await clusterGet(db, cluster))?.identity ?? null;
  if (!identity) return null;
  return {
    id: instructionId(run, "retire", side),
    run,
    service: service.name,
    cluster,
    role: side === "source" ? "primary" : "secondary",
    epoch,
    identity,
    order: { step: "retire", points, directory: side === "target" ? service.mapping.target : null },
  };
}
