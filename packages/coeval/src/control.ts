/** The control device as a process: data folder, authority, links for agents, REST for people. Composed here by hand. */
import { createControl } from "@coeval/control/control";
import { createTokens } from "@coeval/control/auth/tokens";
import { CoevalError } from "@coeval/core/errors";
import { createApi } from "@coeval/control/routes/api";
import { breathe } from "@coeval/platform/breathe";
import { createCalendar } from "@coeval/platform/calendar";
import { createTlsNetwork } from "@coeval/platform/network";
import { openTimeSource } from "@coeval/platform/ntp/time-source";
import { createWorld } from "@coeval/platform/world";
import { controlMigrations } from "@coeval/store/control/migrations/all";
import type { ControlTables } from "@coeval/store/control/tables";
import { openDatabase } from "@coeval/store/database";
import { alertsMessenger } from "./alerts-config.ts";
import { CA_FILE, controlIdentity, RENEW_EVERY_MS } from "./control-identity.ts";
import { splitAddress } from "./address.ts";
import { writeText } from "./text-files.ts";
import { VERSION } from "./version.ts";

export interface ControlProcess {
  readonly data: string;
  /** REST, `host:port`. */
  readonly listen: string;
  /** Agents, `host:port`. */
  readonly link: string;
  /** Where agents and people reach it, when that differs from what it binds. */
  readonly advertise?: string;
  readonly logFile?: string;
  /** `control` or `ntp://HOST[:PORT]`; without it what the settings hold. */
  readonly clock?: string;
}

export interface RunningControl {
  readonly url: string;
  readonly linkAddress: string;
  /** Files that a first login needs, in the data folder. */
  readonly tokenFile: string;
  readonly caFile: string;
  stop(): Promise<void>;
}

/** What Fastify serves https with: its certificate can be replaced while it runs. */
interface SecureServer {
  setSecureContext(tls: { readonly key: string; readonly cert: string }): void;
}

/** Hosts that can be bound, and that nobody can connect to. */
const EVERYWHERE: ReadonlySet<string> = new Set(["0.0.0.0", "::", "[::]"]);
const TOKEN_FILE = "admin.token";

export async function startControl(options: ControlProcess): Promise<RunningControl> {
  if (options.advertise === undefined && EVERYWHERE.has(splitAddress(options.link)[0])) {
    throw new CoevalError(
      "bad-input",
      `--link ${options.link} listens everywhere; agents need one name: say --advertise HOST as well`,
    );
  }
  const { logFile } = options;
  const world = createWorld({ dataFolder: options.data, ...(logFile === undefined ? {} : { logFile }) });
  const messenger = await alertsMessenger(world, options.data);
  const identity = await controlIdentity(world);
  const network = createTlsNetwork(world, { identity: await identity.forLinks() });
  const database = await openDatabase<ControlTables>(
    `${options.data}/control.db`,
    controlMigrations,
    breathe,
  );
  const { authority } = identity;
  const control = await createControl(world, {
    network,
    database,
    authority,
    calendar: createCalendar(),
    ...(messenger ? { messenger } : {}),
    linkAddress: options.link,
    openTimeSource: (url) => openTimeSource(world, url),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  const value = await createTokens(world, control).first();
  if (value !== null) await writeText(world.files, TOKEN_FILE, `${value}\n`);

  const [bound, port] = splitAddress(options.listen);
  const host = options.advertise ?? bound;
  const [linkBound, linkPort] = splitAddress(control.linkAddress);
  const linkAddress = `${options.advertise ?? linkBound}:${linkPort}`;
  const api = await createApi(world, control, {
    version: VERSION,
    linkAddress,
    tls: await identity.forServer([host]),
  });
  await api.listen({ host: bound, port });
  const stopping = new AbortController();
  const renew = async (): Promise<void> => {
    for (;;) {
      await world.clock.sleep(RENEW_EVERY_MS, stopping.signal);
      network.renew(await identity.forLinks());
      (api.server as unknown as SecureServer).setSecureContext(await identity.forServer([host]));
    }
  };
  renew().catch((thrown: unknown) => {
    if (!stopping.signal.aborted) world.log.error("certificates not renewed", { why: String(thrown) });
  });
  const address = api.server.address();
  const restPort = typeof address === "object" && address ? address.port : port;
  return {
    url: `https://${host}:${restPort}`,
    linkAddress,
    tokenFile: `${options.data}/${TOKEN_FILE}`,
    caFile: `${options.data}/${CA_FILE}`,
    async stop() {
      stopping.abort("stopping");
      await api.close();
      await control.stop();
      await database.close();
      world.close();
    },
  };
}
