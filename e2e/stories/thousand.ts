// A thousand services in one file: with one of them wrong none is applied and its line is named; mended, all are, at once.
// And two people who edit the same service: the second is told instead of overwriting.
import assert from "node:assert/strict";
import { serviceYaml } from "../harness/documents.ts";
import type { World } from "../harness/world.ts";

const SERVICES = 1000;
const WRONG = 617;
const USAGE = 2;
const CONFLICT = 6;
const TIMEOUT_MS = 300_000;
const ROOT = "/thousand";

export async function thousand(world: World, report: (line: string) => void): Promise<void> {
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  await hdfs.call("PUT", ROOT, "MKDIRS");
  await hdfs.call("PUT", ROOT, "ALLOWSNAPSHOT");
  const names = Array.from({ length: SERVICES }, (_, index) => `s${index}`);
  await Promise.all(names.map((name) => hdfs.call("PUT", `${ROOT}/${name}`, "MKDIRS")));
  const before = await listed(world);

  const wrongZone = document(names, (text) => text.replace("zone: Europe/Berlin", "zone: Europe/Berln"));
  const refused = await apply(world, wrongZone);
  const line = wrongZone.split("\n").findIndex((text) => text.includes("Berln")) + 1;
  assert.equal(refused.code, USAGE, refused.stderr);
  assert.match(
    refused.stderr,
    new RegExp(
      `thousand\\.yaml:${line}:\\d+: .*there is no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'`,
    ),
  );

  // Wrong only on the cluster: found by its agent, and told as well.
  const absent = document(names, (text) => text.replace(`${ROOT}/s${WRONG}"`, `${ROOT}/absent"`));
  const missing = await apply(world, absent);
  assert.equal(missing.code, CONFLICT, missing.stderr);
  const place = absent.split("\n").findIndex((text) => text.includes("/absent")) + 1;
  assert.match(
    missing.stderr,
    new RegExp(
      `thousand\\.yaml:${place}:\\d+: service s${WRONG}, created:\\n.*/thousand/absent does not exist`,
    ),
  );
  assert.deepEqual(await listed(world), before, "none was applied");

  const begun = performance.now();
  const applied = await apply(
    world,
    document(names, (text) => text),
  );
  assert.equal(applied.code, 0, applied.stderr);
  const took = Math.round(performance.now() - begun);
  report(`${SERVICES} services applied at once in ${took} ms, each asked of both clusters twice`);
  assert.equal((await listed(world)).length, before.length + SERVICES);
  await twoEditors(world, names[0] ?? "");
  for (const name of ["s1", "s2"])
    assert.equal((await world.cli(["service", "delete", name, "--points", "keep", "--yes"])).code, 0);
}

const words = (name: string) => ({
  name,
  dataSets: [`${ROOT}/${name}`],
  target: `/backups${ROOT}/${name}`,
  moments: [`{ cron: "0 3 1 1 *", zone: Europe/Berlin }`],
});

function document(names: readonly string[], spoil: (text: string) => string): string {
  return names
    .map((name, index) => (index === WRONG ? spoil(serviceYaml(words(name))) : serviceYaml(words(name))))
    .join("---\n");
}

const apply = (world: World, text: string) =>
  world.cli(["service", "apply", "-f", world.file("thousand.yaml", text), "--yes", "-q"], {
    timeoutMs: TIMEOUT_MS,
  });

async function listed(world: World): Promise<string[]> {
  const { items } = await world.ask<{ items: { metadata: { name: string } }[] }>(["service", "list"]);
  return items.map(({ metadata }) => metadata.name);
}

/** Both read the same revision; the first one to write wins, the other reads again. */
async function twoEditors(world: World, name: string): Promise<void> {
  const read = await world.ask<{ metadata: { revision: string } }>(["service", "get", name]);
  const edit = (window: string) =>
    serviceYaml({ ...words(name), window }).replace(
      `name: ${name}\n`,
      `name: ${name}\n  revision: "${read.metadata.revision}"\n`,
    );
  const first = await world.cli(["service", "apply", "-f", world.file("first.yaml", edit("3s")), "--yes"]);
  assert.equal(first.code, 0, first.stderr);
  const second = await world.cli(["service", "apply", "-f", world.file("second.yaml", edit("4s")), "--yes"]);
  assert.equal(second.code, CONFLICT, second.stderr);
  assert.match(second.stderr, new RegExp(`'${name}' is at version 2, not 1`));
  assert.match(second.stderr, /Read it again, then apply your change/);
}
