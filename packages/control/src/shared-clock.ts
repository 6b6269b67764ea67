/** The shared clock at the control device: its own wall clock, or an NTP server that it asks like every agent does. */
import { createMeasuredClock } from "@coeval/core/clock/measured-clock";
import { formatNtp, isNtp } from "@coeval/core/clock/source-name";
import { createTimeWatch } from "@coeval/core/clock/time-watch";
import { CoevalError } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { ClockReading } from "@coeval/core/ports/clock";
import type { OpenTimeSource, TimeServer } from "@coeval/core/ports/time-source";
import type { World } from "@coeval/core/ports/world";
import { settingGet } from "@coeval/store/control/setting-get";
import { settingPut } from "@coeval/store/control/setting-put";
import type { Records } from "./records.ts";
import type { Tasks } from "./tasks.ts";

/** The word for a control device's own clock. */
export const OWN_CLOCK = "control";
const SETTING = "clock";

export interface ControlClock {
  /** `control:ID` or `ntp://HOST[:PORT]`; agents are told. */
  readonly source: string;
  /** Null until the source was read. */
  reading(): ClockReading | null;
  /** Who answers; null when it is the own clock, or nobody has answered yet. */
  readonly server: TimeServer | null;
  /** Why the source could not be read last; null when it could. */
  readonly failure: string | null;
  /** The instant on the shared clock. @throws CoevalError `clock-unproven` before the first reading. */
  nowMs(): Instant;
  /** The same; before the first reading what the own wall clock shows. For what is shown, and for deadlines, which must not wait for a server. */
  aboutMs(): Instant;
  /** A moment comes: the source is read closely around it. */
  expect(moment: Instant): void;
}

export interface ControlClockParts {
  readonly id: string;
  readonly tasks: Tasks;
  /** Null where there is no way to an NTP server. */
  readonly openTimeSource: OpenTimeSource | null;
}

/**
 * What `--clock` asks for, kept in the settings; without it what they hold.
 * @returns `control` or the NTP source's name. @throws CoevalError `bad-input`.
 */
export async function clockSetting(records: Records, asked: string | undefined): Promise<string> {
  const wanted = asked === undefined || asked === OWN_CLOCK ? asked : formatNtp(asked);
  return records.write(async (tx) => {
    const kept = (await settingGet(tx.trx, SETTING)) ?? OWN_CLOCK;
    if (wanted === undefined || wanted === kept) return kept;
    await settingPut(tx.trx, SETTING, wanted);
    await tx.audit("control", "clock.change", "control", { from: kept, to: wanted });
    return wanted;
  });
}

/** @param setting what `clockSetting` gave. @throws CoevalError `bad-input`. */
export function createControlClock(
  world: World,
  setting: string,
  { id, tasks, openTimeSource }: ControlClockParts,
): ControlClock {
  if (!isNtp(setting)) return ownClock(world, `control:${id}`);
  if (!openTimeSource)
    throw new CoevalError("bad-input", `${setting}: this process has no way to an NTP server`);
  const { clock, log } = world;
  const measured = createMeasuredClock(clock);
  measured.reset(setting);
  const watch = createTimeWatch({ clock, log, source: openTimeSource(setting), measured });
  tasks.start("clock", (cancel) => watch.run(cancel));
  const now = (): Instant | null => {
    const reading = measured.reading();
    return reading && clock.elapsedMs() + reading.offsetMs;
  };
  return {
    source: setting,
    reading: () => measured.reading(),
    get server() {
      return watch.server;
    },
    get failure() {
      return watch.failure;
    },
    nowMs() {
      const instant = now();
      if (instant !== null) return instant;
      const why = watch.failure === null ? "" : `: ${watch.failure}`;
      throw new CoevalError("clock-unproven", `the control device has not read ${setting} yet${why}`);
    },
    aboutMs: () => now() ?? clock.nowMs(),
    expect: (moment) => watch.expect(moment),
  };
}

/** The control device as the source itself: it knows its own time without error. */
export function ownClock({ clock }: World, source: string): ControlClock {
  return {
    source,
    reading: () => ({
      source,
      offsetMs: clock.nowMs() - clock.elapsedMs(),
      errorMs: 0,
      ageMs: 0,
      readAgoMs: 0,
    }),
    server: null,
    failure: null,
    nowMs: () => clock.nowMs(),
    aboutMs: () => clock.nowMs(),
    expect: () => undefined,
  };
}

/** The world with the shared clock in the place of the wall clock: for what compares the present with moments. */
export function onSharedClock(world: World, shared: ControlClock): World {
  return { ...world, clock: { ...world.clock, nowMs: () => shared.aboutMs() } };
}

/** The same for what must not act by another clock: `nowMs` throws `clock-unproven` before the first reading. */
export function onProvenClock(world: World, shared: ControlClock): World {
  return { ...world, clock: { ...world.clock, nowMs: () => shared.nowMs() } };
}
