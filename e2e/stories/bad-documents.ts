// Documents and words that must be refused, each with its code, its place and a fix; and nothing of what was there
// before is lost by them. What needs no cluster to be wrong.
import assert from "node:assert/strict";
import { serviceYaml } from "../harness/documents.ts";
import type { World } from "../harness/world.ts";
import type { Protected } from "./protected.ts";

export interface BadInput {
  readonly what: string;
  /** Words of the command, given the path of the document. */
  readonly words: (file: string) => readonly string[];
  readonly document: string;
  /** The code of the catalogue; null where the command line refuses by itself. */
  readonly code: string | null;
  /** What the message must name: the place, the wrong thing. */
  readonly names: readonly (string | RegExp)[];
  readonly exit: number;
}

const USAGE = 2;
const NOT_FOUND = 4;
const CONFLICT = 6;
const apply = (file: string): readonly string[] => ["service", "apply", "-f", file, "--yes"];
const addCluster = (file: string): readonly string[] => ["cluster", "add", "-f", file];

export function badDocuments(story: Protected): BadInput[] {
  const [orders = "", items = ""] = story.dataSets;
  const good = { name: "bad", dataSets: [orders], target: "/backups/bad" };
  const service = (what: string, words: Partial<typeof good>, more: Partial<BadInput>): BadInput => ({
    what,
    words: apply,
    document: serviceYaml({ ...good, ...words }),
    code: null,
    names: [],
    exit: USAGE,
    ...more,
  });
  const path = (what: string, text: string, named: string | RegExp): BadInput =>
    service(what, { dataSets: [text] }, { names: ["dataSets", named] });
  const replaced = (what: string, from: string, to: string, names: BadInput["names"]): BadInput =>
    service(what, {}, { document: serviceYaml(good).replace(from, to), names });

  return [
    path("'..' in a path", "/shops/../etc", ".."),
    path("'.snapshot' in a path", `${orders}/.snapshot/s`, ".snapshot"),
    path("a path in /.reserved", "/.reserved/raw", ".reserved"),
    path("NUL in a path", "/shops/a\u0000b", "control"),
    path("a control character in a path", "/shops/a\u0007b", "control"),
    path("'//' in a path", "/shops//orders", "//"),
    path("a path of 8,000 bytes", `/${"é".repeat(100)}${`/${"x".repeat(199)}`.repeat(39)}`, "8000"),
    path("a name of 256 bytes", `/shops/${"x".repeat(256)}`, "255"),
    path("a relative path", "shops/orders", "absolute"),
    path("the root", "/", "root"),
    service("a bad holding directory", { target: "/backups/../x" }, { names: ["mapping", "target", ".."] }),
    service(
      "nested data sets",
      { dataSets: [orders, `${orders}/odd`] },
      { names: [orders, `${orders}/odd`] },
    ),
    service(
      "no data set",
      {},
      {
        document: serviceYaml(good).replace(/ {2}dataSets:\n.*\n/, "  dataSets: []\n"),
        names: ["dataSets"],
      },
    ),
    replaced("no YAML", "spec:", "spec: [", [/bad\.yaml:\d+:\d+/]),
    replaced("a tab in YAML", "  primary:", "\tprimary:", [/bad\.yaml:\d+:\d+/]),
    replaced("a key twice", "  primary: east", "  primary: east\n  primary: east", [
      /bad\.yaml:\d+:\d+/,
      "primary",
    ]),
    replaced("a misspelt key", "  dataSets:", "  dataset:", [/bad\.yaml:\d+:\d+/, "dataSets"]),
    replaced("an unknown kind", "kind: Service", "kind: Servise", [/bad\.yaml:2:\d+/, "Service"]),
    replaced("a window that is no duration", "window: 5s", "window: soon", [/bad\.yaml:\d+:\d+/, "window"]),
    replaced("a window beyond all bounds", "window: 5s", "window: 99999999d", [
      /bad\.yaml:\d+:\d+/,
      "window",
    ]),
    replaced("a negative window", "window: 5s", "window: -5s", [/bad\.yaml:\d+:\d+/, "window"]),
    replaced("a dangerous option left out", "      beyond: refuse\n", "", ["beyond"]),
    ...badPolicies(good, service),
    replaced("one cluster as both", "secondary: west", "secondary: east", ["secondary"]),
    service(
      "an unknown cluster",
      {},
      {
        document: serviceYaml(good).replace("primary: east", "primary: nowhere"),
        code: "not-found",
        names: ["nowhere"],
        exit: NOT_FOUND,
      },
    ),
    replaced("a name that is none", "name: bad", "name: Bad_Name", ["name"]),
    service(
      "a directory of another service",
      { dataSets: [items] },
      {
        code: "name-taken",
        names: [items, story.service],
        exit: CONFLICT,
      },
    ),
    service(
      "a holding directory of another service",
      { dataSets: ["/elsewhere"], target: story.holding },
      {
        code: "name-taken",
        names: [story.holding, story.service],
        exit: CONFLICT,
      },
    ),
    {
      what: "an endpoint that is no URL",
      words: addCluster,
      document:
        "apiVersion: coeval/v1\nkind: Cluster\nmetadata: { name: bad }\nspec:\n  hdfs: { url: 'east:9870', user: u }\n  scopes: ['/']\n",
      code: null,
      names: [/bad\.yaml:5:\d+/, "webhdfs://"],
      exit: USAGE,
    },
  ];
}

type Words = { readonly name: string; readonly dataSets: readonly string[]; readonly target: string };

/** Moments that cannot be, each told at its line with what mends it. */
function badPolicies(
  good: Words,
  service: (what: string, words: object, more: Partial<BadInput>) => BadInput,
): BadInput[] {
  const policy = (what: string, moment: string, names: BadInput["names"], more = ""): BadInput =>
    service(
      what,
      {},
      {
        document: `${serviceYaml({ ...good, dataSets: ["/free/data"], moments: [moment] } as Parameters<typeof serviceYaml>[0])}${more}`,
        names: [/bad\.yaml:\d+:\d+/, ...names],
      },
    );
  return [
    policy("an unknown zone", `{ cron: "0 2 * * *", zone: Europe/Berln }`, [
      "Europe/Berln",
      "did you mean 'Europe/Berlin'",
    ]),
    policy("a cron without its zone", `{ cron: "0 2 * * *" }`, ["name the zone"]),
    policy("a cron that is none", `{ cron: "0 25 * * *", zone: UTC }`, ["'25' as hour"]),
    policy("a cron that never comes", `{ cron: "0 0 30 2 *", zone: UTC }`, [
      "never comes",
      "correct the day or the month",
    ]),
    policy("an instant that a zone's clocks skip", `at: "2027-03-28T02:30:00"`, ["is no instant", "offset"]),
    policy("an instant that a zone's clocks show twice", `at: "2027-10-31T02:30:00"`, [
      "is no instant",
      "offset",
    ]),
    policy("an instant that is past", `at: "2026-01-01T00:00:00Z"`, ["is past", "enter a later instant"]),
    policy(
      "blackouts that leave no moment",
      `{ cron: "0 2 * * *", zone: UTC }`,
      ["all its moments lie in a blackout", "narrow spec.policy.blackout"],
      `    blackout:\n      - { from: "00:00", to: "12:00", zone: UTC }\n      - { from: "11:00", to: "24:00", zone: UTC }\n`,
    ),
  ];
}

/** Gives one bad document and judges the refusal. */
export async function refused(world: World, input: BadInput): Promise<void> {
  const file = world.file("bad.yaml", input.document);
  const answer = await world.cli(input.words(file));
  const said = `${input.what}: exit ${answer.code}\n${answer.stderr}`;
  assert.equal(answer.code, input.exit, said);
  assert.equal(answer.stdout, "", `data on stdout although it was refused; ${said}`);
  if (input.code !== null)
    assert.ok(answer.stderr.includes(input.code), `code ${input.code} is not told; ${said}`);
  for (const name of input.names) {
    const named = typeof name === "string" ? answer.stderr.includes(name) : name.test(answer.stderr);
    assert.ok(named, `${name} is not named; ${said}`);
  }
  assert.doesNotMatch(answer.stderr, /\n\s+at .*\.ts:\d+/, `a stack trace is no message; ${said}`);
}
