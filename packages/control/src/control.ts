/** The control device: what it is made of, and what can be asked of it. */
import type { Calendar } from "@coeval/core/ports/calendar";
import type { OpenTimeSource } from "@coeval/core/ports/time-source";
import type { Messenger } from "@coeval/core/ports/messenger";
import type { Network } from "@coeval/core/ports/network";
import { newId } from "@coeval/core/ports/random";
import type { World } from "@coeval/core/ports/world";
import { isOver } from "@coeval/core/protect/run";
import { settingGet } from "@coeval/store/control/setting-get";
import { settingPut } from "@coeval/store/control/setting-put";
import type { ControlDatabase } from "@coeval/store/control/tables";
import { createClients } from "./access/clients.ts";
import { type Acting, createActing } from "./acting.ts";
import { type Agents, createAgents } from "./agents.ts";
import { createAlerts } from "./alerts.ts";
import type { Authority } from "./authority.ts";
import { createBell } from "./bell.ts";
import { checkAnswer } from "./check-answer.ts";
import { type Clusters, createClusters } from "./clusters.ts";
import { createCopies } from "./copies.ts";
import { createDeadlines } from "./deadlines.ts";
import { createDispatcher, type Dispatcher } from "./dispatcher.ts";
import { createEvents, type Events } from "./events.ts";
import { createLeads } from "./leads.ts";
import { createLinks, type Links } from "./links.ts";
import { createMoments, type Moments } from "./moments.ts";
import { createPauses, type Pauses } from "./pauses.ts";
import { createPoints, type Points } from "./points.ts";
import { createProtect, type Protect } from "./protect-service.ts";
import { createRates } from "./rates.ts";
import { createRecords, type Records, type Tx } from "./records.ts";
import { createRemovals, isRemoval, type Removals } from "./removals.ts";
import { createRunner, type Runner } from "./runner.ts";
import { createRuns, type Runs } from "./runs.ts";
import { createScheduler } from "./scheduler.ts";
import { createServices, type Services } from "./services.ts";
import type { Status } from "./status.ts";
import {
  type ControlClock,
  clockSetting,
  createControlClock,
  onProvenClock,
  onSharedClock,
} from "./shared-clock.ts";
import { createStatus } from "./status-now.ts";
import { createTasks, type Tasks } from "./tasks.ts";

export interface ControlOptions {
  readonly network: Network;
  readonly database: ControlDatabase;
  readonly authority: Authority;
  readonly calendar: Calendar;
  /** Where alerts go; without it none are raised. */
  readonly messenger?: Messenger;
  /** Where agents connect, `host:port`; port 0 picks a free one. */
  readonly linkAddress: string;
  /** The one clock: `control` or `ntp://HOST[:PORT]`, kept in the settings; without it what they hold, `control` at first. */
  readonly clock?: string;
  /** Null where there is no way to an NTP server. */
  readonly openTimeSource: OpenTimeSource | null;
}

export interface Control {
  /** `control-…`; as a source of the shared clock its name is `control:` and this. */
  readonly id: string;
  /** The shared clock. */
  readonly clock: ControlClock;
  /** The address bound for agents. */
  readonly linkAddress: string;
  readonly clusters: Clusters;
  readonly agents: Agents;
  readonly services: Services;
  readonly moments: Moments;
  readonly pauses: Pauses;
  readonly runs: Runs;
  readonly points: Points;
  readonly events: Events;
  readonly protect: Protect;
  /** Am I safe? Every cluster and every service, now. */
  /** @param services of these alone; default: of all. */
  status(services?: readonly string[]): Promise<Status>;
  /**
   * One transaction of somebody else's operations (tokens, …): `tx.trx` is Kysely's, `tx.audit(who, what, object, details)` writes the
   * audit row of its effect, `tx.event(kind, object, details)` tells live views.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For reads: `control.database.db`. */
  readonly database: ControlDatabase;
  /** Ends links and timers; runs go on from the store at the next start. The database stays open: its opener closes it. */
  stop(): Promise<void>;
}

/** Starts the control device: takes up every run that is not over, then listens for agents. */
export async function createControl(world: World, options: ControlOptions): Promise<Control> {
  const { database, authority, calendar, messenger } = options;
  const { db } = database;
  const bell = createBell();
  const tasks = createTasks(world);
  const records = createRecords(world, database, bell);
  const id = await controlId(world, database);
  const setting = await clockSetting(records, options.clock);
  const clock = createControlClock(world, setting, { ...options, id, tasks });
  const leads = createLeads(world);
  const rates = createRates(world);
  const { links, runner, acting, removals, send } = connect(world, {
    ...options,
    id,
    shared: clock,
    records,
    tasks,
    noted(before, run) {
      leads.note(before, run);
      rates.note(run);
      if (run.phase === "sealing" || isOver(run.phase)) copies.look();
      if (isOver(run.phase)) scheduler.again(run.service.name);
    },
  });
  const copies = createCopies(world, { db, tasks, acting, links });
  const clients = createClients(world, { db, links, acting, clock });
  const runs = createRuns({ db, records, runner });
  const protect = createProtect(world, { db, clients, acting, runner, runs, leads, clock, copies });
  const shared = onSharedClock(world, clock);
  const proven = onProvenClock(world, clock);
  const own = world.clock;
  const scheduler = createScheduler(proven, { db, records, tasks, calendar, leads, own, protect });
  const status = createStatus(world, { db, clients, runner, calendar, rates, clock });
  await takeUp({ acting, runner, removals, send });
  scheduler.start();
  if (messenger) createAlerts(world, { db, records, tasks, status, messenger }).start();
  const listener = await options.network.listen(options.linkAddress, (stream) => links.accept(stream));
  return {
    id,
    clock,
    linkAddress: listener.address,
    clusters: createClusters(world, { db, records, clients, links, acting, clock, authority }),
    agents: createAgents({ db, records, links, acting }),
    services: createServices({
      db,
      records,
      clients,
      acting,
      calendar,
      scheduler,
      removals,
      send,
      clock,
      time: shared.clock,
    }),
    moments: createMoments(shared, { db, calendar }),
    pauses: createPauses(shared, { db, records, scheduler }),
    runs,
    points: createPoints(db, links, acting),
    events: createEvents({ db, bell, tasks }),
    protect,
    status,
    write: (work) => records.write(work),
    database,
    async stop() {
      await listener.close();
      await tasks.stop();
    },
  };
}

/** The control device's own name, made once. Its TLS certificate carries it, so it can be asked for before `createControl`. */
export async function controlId(world: World, database: ControlDatabase): Promise<string> {
  const made = newId(world.random, "control");
  return database.write(async (trx) => {
    const id = await settingGet(trx, "control");
    if (id === null) await settingPut(trx, "control", made);
    return id ?? made;
  });
}

interface Connected extends ControlOptions {
  readonly id: string;
  readonly shared: ControlClock;
  readonly records: Records;
  readonly tasks: Tasks;
  readonly noted: Parameters<typeof createRunner>[1]["noted"];
}

/** What was going on when the process ended goes on. */
async function takeUp({ acting, runner, removals, send }: Omit<Ring, "links">): Promise<void> {
  await acting.load();
  await runner.resume();
  for (const instruction of await removals.open()) send(instruction);
}

interface Ring {
  readonly links: Links;
  readonly runner: Runner;
  readonly acting: Acting;
  readonly removals: Removals;
  readonly send: Dispatcher["send"];
}

/** Links bring answers to the dispatcher, which feeds the runner, which sends through the dispatcher over links: a ring, closed here. */
function connect(world: World, parts: Connected): Ring {
  const { records, tasks, shared } = parts;
  const onShared = onSharedClock(world, shared);
  const { db } = parts.database;
  const links = createLinks(world, {
    id: parts.id,
    clock: shared,
    db,
    records,
    tasks,
    authority: parts.authority,
    dispatcher: {
      answered: (link, instruction, outcome) => dispatcher.answered(link, instruction, outcome),
      reported: (link, instruction, report, lines) => dispatcher.reported(link, instruction, report, lines),
    },
    acting: {
      termOf: (link) => acting.termOf(link),
      confirmed: (link, message) => acting.confirmed(link, message),
      changed: () => acting.changed(),
    },
    connected: (link) => acting.connected(link),
    gone: () => acting.closed(),
  });
  const acting = createActing(onShared, {
    db,
    records,
    tasks,
    links,
    feed: (run, event) => runner.feed(run, event),
    ready: (link) => dispatcher.connected(link),
  });
  const runner: Runner = createRunner(world, {
    db,
    records,
    deadlines: createDeadlines(onShared, tasks, (run, phase) =>
      runner.feed(run, { kind: "deadline", phase }),
    ),
    send: (instruction) => dispatcher.send(instruction),
    withdraw: (run) => dispatcher.withdraw(run),
    noted: parts.noted,
  });
  const dispatcher: Dispatcher = createDispatcher(onShared, {
    tasks,
    records,
    linkOf: (cluster) => acting.link(cluster),
    termOf: (link) => acting.termOf(link),
    check: (id, outcome) => {
      const run = runner.active(id);
      return run ? checkAnswer(world, run, outcome) : outcome;
    },
    feed: (run, event, answer, lines) =>
      isRemoval(run)
        ? removals.feed(event, answer)
        : runner.feed(run, event, { ...(answer && { answer }), ...(lines.length > 0 && { lines }) }),
  });
  const removals = createRemovals(world, { db, records, acting });
  return { links, runner, acting, removals, send: (instruction) => dispatcher.send(instruction) };
}
