// The law of imports, as one table. The lint rules and the TypeScript projects are rendered from it, and the
// repository test judges every import by it, so the three guards cannot disagree.

/** What a package may know. What its row does not name is an error. */
export interface Row {
  /** The folder under packages/. */
  readonly name: string;
  /** Packages of ours, or one folder of one: "core", "drivers/memory". */
  readonly ours: readonly string[];
  /** Foreign modules; a trailing `*` stands for every module with that beginning. */
  readonly besides: readonly string[];
  /** Foreign modules that one file alone may import, by the file's path in the repository. */
  readonly onlyIn?: Readonly<Record<string, readonly string[]>>;
  /** ports: time, chance and the outside are handed in · people: a process, but no clock · node: everything. */
  readonly world: "ports" | "people" | "node";
  /** The ambient types the compiler gives it; without "node" nothing of Node exists for it. */
  readonly types: readonly string[];
  /** First files of programs: they may read arguments, print and time themselves, whatever the row's world. */
  readonly programs?: readonly string[];
  /** The reason, shown by whichever guard refuses. */
  readonly why: string;
}

const EVERY_NODE_MODULE = "node:*";

export const law: readonly Row[] = [
  {
    name: "core",
    ours: [],
    besides: [],
    world: "ports",
    types: [],
    why: "core is the domain alone, so that every decision can be simulated and replayed",
  },
  {
    name: "contract",
    ours: ["core"],
    besides: ["zod"],
    world: "ports",
    types: [],
    why: "contract holds schemas only; both ends of every wire and every client read it",
  },
  {
    name: "hadoop",
    ours: [],
    besides: ["@bufbuild/protobuf", "@bufbuild/protobuf/*", "thrift", "fast-xml-parser"],
    onlyIn: {
      "packages/hadoop/src/sasl/gssapi.ts": ["koffi"],
      "packages/hadoop/src/transfer/crc.ts": ["@node-rs/crc32"],
    },
    world: "ports",
    types: [],
    why: "hadoop is a library useful without coeval; it declares its own small World and owns no socket",
  },
  {
    name: "platform",
    ours: ["core"],
    besides: [
      EVERY_NODE_MODULE,
      "croner",
      "@peculiar/x509",
      "reflect-metadata",
      "nodemailer",
      "standardwebhooks",
    ],
    world: "node",
    types: ["node"],
    why: "platform is the one place where the ports meet Node",
  },
  {
    name: "store",
    ours: ["core"],
    besides: ["kysely", "kysely/*", "node:sqlite"],
    world: "ports",
    types: ["node"],
    why: "store is the store port on SQL; time and ids enter as parameters",
  },
  {
    name: "drivers",
    ours: ["core", "hadoop"],
    besides: ["ldapts"],
    world: "ports",
    types: [],
    why: "drivers have no socket and no timer of their own, so that faults can be injected around them",
  },
  {
    name: "agent",
    ours: ["core", "contract", "store"],
    besides: [],
    world: "ports",
    types: [],
    why: "drivers, wire and World are handed to the agent, so that the simulator runs the real one",
  },
  {
    name: "control",
    ours: ["core", "contract", "store"],
    besides: ["fastify", "fastify-type-provider-zod", "@fastify/*"],
    world: "ports",
    types: ["node"],
    why: "control never touches a cluster; listening is done in coeval/",
  },
  {
    name: "cli",
    ours: ["contract"],
    besides: [
      EVERY_NODE_MODULE,
      "commander",
      "listr2",
      "yaml",
      "@clack/prompts",
      "@bomb.sh/tab",
      "openapi-fetch",
    ],
    world: "people",
    types: ["node"],
    why: "what people touch knows the REST API only",
  },
  {
    name: "console",
    ours: ["contract"],
    besides: [
      "react",
      "react/*",
      "react-dom",
      "react-dom/*",
      "@tanstack/*",
      "@patternfly/*",
      "uplot",
      "openapi-fetch",
    ],
    world: "people",
    types: [],
    why: "what people touch knows the REST API only",
  },
  {
    name: "coeval",
    ours: [
      "core",
      "contract",
      "hadoop",
      "platform",
      "store",
      "drivers",
      "agent",
      "control",
      "cli",
      "console",
      "testbed",
    ],
    besides: [],
    world: "people",
    types: ["node"],
    why: "coeval composes the other packages by hand and does nothing itself",
  },
  {
    name: "simulator",
    ours: ["core", "contract", "store", "drivers/memory", "agent", "control"],
    besides: [],
    world: "ports",
    types: [],
    // drain.ts waits for the end of a turn, which no port can tell.
    programs: ["packages/simulator/src/main.ts", "packages/simulator/src/drain.ts"],
    why: "one seed must be one history, so the simulator knows no real driver and nothing of Node",
  },
  {
    name: "testbed",
    ours: [],
    besides: [EVERY_NODE_MODULE],
    world: "node",
    types: ["node"],
    why: "testbed runs real clusters as processes and must not depend on what it tests",
  },
];

/** Added to the row of the package for its `*.test.ts`. */
export const testsMayAdd = {
  ours: [],
  besides: ["node:test", "node:assert", "node:assert/strict", "fast-check"],
} as const;

/** Added for `*.real.test.ts`, which speak to real clusters, and `*.real.ts`, the set-up they have in common. */
export const realTestsMayAdd = { ours: ["testbed", "platform"], besides: testsMayAdd.besides } as const;

/** Folders beside packages/ that may import anything of ours and of Node. */
export const freeFolders = ["e2e", "bench", "scripts"] as const;

/** Globals nobody with the world "people" or "ports" may use, each with where the thing comes from instead. */
export const noClock: Readonly<Record<string, string>> = {
  Date: "an instant comes from the clock port",
  performance: "elapsed time comes from the clock port",
  setTimeout: "waiting is done by the clock port",
  setInterval: "waiting is done by the clock port",
  setImmediate: "waiting is done by the clock port",
  WeakRef: "what the garbage collector did must never be seen",
  FinalizationRegistry: "what the garbage collector did must never be seen",
};

/** Globals the world "ports" may not use besides. */
export const noOutside: Readonly<Record<string, string>> = {
  process: "arguments, environment and signals are read in coeval/",
  fetch: "the outside is reached through the network port",
  WebSocket: "the outside is reached through the network port",
  EventSource: "the outside is reached through the network port",
  XMLHttpRequest: "the outside is reached through the network port",
  crypto: "hashes and chance come from the hash and random ports",
  console: "what happened is told to the log port",
  globalThis: "a global reached by a detour is still a global",
  global: "a global reached by a detour is still a global",
  eval: "code is not data",
};

/** Properties banned wherever the clock is. */
export const noHiddenClock = [
  { object: "Math", property: "random", message: "chance comes from the random port" },
  { object: "Temporal", property: "Now", message: "an instant comes from the clock port" },
] as const;

/** Properties banned for the world "ports": they read the machine's time zone or language. */
export const noDefaultZone = [
  { object: "Intl", property: "DateTimeFormat", message: "time zones come from the calendar port" },
  { property: "toLocaleString", message: "the machine's language and time zone must not be seen" },
  { property: "toLocaleDateString", message: "the machine's language and time zone must not be seen" },
  { property: "toLocaleTimeString", message: "the machine's language and time zone must not be seen" },
] as const;

/** One sentence for whoever broke the row: what is allowed, and why. */
export function explain(row: Row): string {
  const ours = row.ours.map((name) => `@coeval/${name}/…`);
  const allowed = [...ours, ...row.besides];
  const list = allowed.length === 0 ? "nothing but its own files" : `its own files, ${allowed.join(", ")}`;
  return `packages/${row.name} may import ${list}: ${row.why}. The law of imports is scripts/house/law.ts.`;
}
