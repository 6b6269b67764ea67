/** The control device as a process: started on its machine, dropped at a crash, asked from outside while it lives. */
import { type Control, createControl } from "@coeval/control/control";
import { toFailure } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Messenger } from "@coeval/core/ports/messenger";
import type { ControlDatabase, ControlTables } from "@coeval/store/control/tables";
import { calendar } from "../world/calendar.ts";
import type { Life } from "../world/life.ts";
import { createAuthority } from "./authority.ts";
import type { Machine, Universe } from "./machine.ts";

export const LINK_ADDRESS = "control:7000";

/** A bug put in on purpose, to see that a checker complains. */
export interface ControlTamper {
  /** Right before the control device starts on its database. */
  readonly opened?: (database: ControlDatabase, clock: Clock) => Promise<void>;
  readonly control?: (control: Control) => Control;
}

export interface ControlSetting {
  /** What all go by. */
  readonly clock: string;
  /** Null where nobody is told of troubles. */
  readonly messenger: Messenger | null;
  readonly tamper: ControlTamper;
}

export interface ControlProcess {
  start(crashed: () => void): void;
  /** Asks the process that runs; waits for it to be up. Rejects with GONE when it crashes meanwhile. */
  ask<T>(question: (control: Control) => Promise<T>): Promise<T>;
  /** Why it ended though nobody crashed it; null when all is well. */
  readonly broken: string | null;
}

/** The process that was asked crashed before it answered. */
export const GONE = new Error("the control device crashed before it answered");

export function createControlProcess(
  universe: Universe,
  machine: Machine<ControlTables>,
  { clock, messenger, tamper }: ControlSetting,
): ControlProcess {
  const { timeline, net } = universe;
  const authority = createAuthority();
  let running: { readonly life: Life; readonly control: Control } | null = null;
  let broken: string | null = null;

  async function current(): Promise<{ life: Life; control: Control }> {
    while (!running?.life.alive) {
      if (broken !== null) throw new Error(broken);
      await timeline.pass(50);
    }
    return running;
  }

  return {
    get broken() {
      return broken;
    },
    start(crashed) {
      const { life, world, database, openTimeSource } = machine.begin(crashed);
      const network = net.of(life, { kind: "control", id: "control", fingerprint: machine.key.fingerprint });
      const opened = tamper.opened?.(database, world.clock) ?? Promise.resolve();
      const create = () =>
        createControl(world, {
          network,
          database,
          authority,
          calendar,
          linkAddress: LINK_ADDRESS,
          clock,
          ...(messenger && { messenger }),
          openTimeSource,
        });
      opened.then(create).then(
        (control) => {
          running = { life, control: tamper.control?.(control) ?? control };
        },
        (thrown: unknown) => {
          if (life.alive) broken = `the control device did not start: ${toFailure(thrown).message}`;
        },
      );
    },
    async ask(question) {
      const { life, control } = await current();
      return await new Promise((resolve, reject) => {
        const forget = life.onCrash(() => reject(GONE));
        question(control)
          .then(
            (answer) => life.alive && resolve(answer),
            (thrown: unknown) => life.alive && reject(thrown),
          )
          .finally(forget);
      });
    },
  };
}
