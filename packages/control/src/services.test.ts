import assert from "node:assert/strict";
import { test } from "node:test";
import type { Service } from "@coeval/core/model/service";
import {
  call,
  type FakeControl,
  furnish,
  serviceBetween,
  START_MS,
  startFakeControl,
} from "./testing/fake-control.ts";
import { createFakePair } from "./testing/fake-work.ts";
import type { Wanted } from "./services.ts";

async function furnished() {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  return { ...fake, pair };
}

const base = serviceBetween("east", "west");
const made = (change: Partial<Service>): Service => ({ ...base, name: "other", ...change });
const set = (path: string, name = "s") => ({ name, component: "hdfs", path }) as const;
const apply = ({ control }: Pick<FakeControl, "control">, wanted: readonly Wanted[], dryRun = false) =>
  control.services.apply(call, wanted, { dryRun });

async function refused(fake: FakeControl, service: Service, code: string, message: RegExp, pointer: string) {
  await assert.rejects(apply(fake, [{ service, ifVersion: null }]), (thrown: unknown) => {
    const { code: is, message: text, pointer: at } = thrown as Record<string, string>;
    assert.deepEqual([is, at], [code, pointer]);
    assert.match(text ?? "", message);
    return true;
  });
  assert.equal((await fake.control.services.list()).length, 1);
}

test("one directory in two services is refused, naming the other, also from above, below and as holding directory", async () => {
  const fake = await furnished();
  const target = { source: "/data", target: "/backup/other" };
  for (const path of ["/data/events", "/data/events/2026", "/data/events/"])
    await refused(
      fake,
      made({ dataSets: [set(path)], mapping: target }),
      "name-taken",
      /'orders'/,
      "/0/spec/dataSets/0/hdfs",
    );
  const free = [set("/data/free")];
  for (const held of ["/backup/orders", "/backup/orders/in", "/backup"])
    await refused(
      fake,
      made({ dataSets: free, mapping: { source: "/data", target: held } }),
      "name-taken",
      /holding directory of the service 'orders'/,
      "/0/spec/mapping/target",
    );
  // The other way round: west's holding directory as data, and east's data as holding directory.
  const back = { primary: "west", secondary: "east" };
  await refused(
    fake,
    made({ ...back, dataSets: [set("/backup/orders/x")], mapping: { source: "/backup", target: "/b2" } }),
    "name-taken",
    /holding directory/,
    "/0/spec/dataSets/0/hdfs",
  );
  await refused(
    fake,
    made({ ...back, dataSets: [set("/w/x")], mapping: { source: "/w", target: "/data/events/b" } }),
    "name-taken",
    /the data of the service 'orders'/,
    "/0/spec/mapping/target",
  );
});

test("what a service must be by itself is told with its place", async () => {
  const fake = await furnished();
  const free = { dataSets: [set("/data/free")], mapping: { source: "/data", target: "/backup/other" } };
  const wrong: [Partial<Service>, string, RegExp, string][] = [
    [{ secondary: "east" }, "bad-input", /both east/, "/0/spec/secondary"],
    [{ primary: "north" }, "not-found", /no cluster 'north'/, "/0/spec/primary"],
    [{ dataSets: [] }, "bad-input", /0 data sets/, "/0/spec/dataSets"],
    [{ dataSets: [set("/data/../x")] }, "bad-path", /contains '\.\.'/, "/0/spec/dataSets/0/hdfs"],
    [
      { dataSets: [set("/data/a"), set("/data/a/b", "t")] },
      "data-sets-nested",
      /lies in/,
      "/0/spec/dataSets/1",
    ],
    [{ dataSets: [set("/data")] }, "bad-path", /does not lie below/, "/0/spec/dataSets/0/hdfs"],
    [
      { mapping: { source: "/x", target: "/b" } },
      "bad-path",
      /below mapping.source/,
      "/0/spec/dataSets/0/hdfs",
    ],
    [
      { mapping: { source: "/data", target: "/" } },
      "bad-path",
      /root of the file system/,
      "/0/spec/mapping/target",
    ],
    [
      { policy: { ...base.policy, tolerance: { ...base.policy.tolerance, windowMs: 0 } } },
      "bad-input",
      /0 ms/,
      "/0/spec/policy/tolerance/window",
    ],
    [
      { policy: { ...base.policy, moments: [{ kind: "cron", cron: "0 2 * * *", zone: "Mars" }] } },
      "bad-input",
      /there is no time zone 'Mars'/,
      "/0/spec/policy/moments/0/zone",
    ],
    [
      { policy: { ...base.policy, moments: [{ kind: "at", at: START_MS - 1 }] } },
      "moment-past",
      /is past; it is 2027/,
      "/0/spec/policy/moments/0/at",
    ],
    [
      { policy: { ...base.policy, filters: { include: [], exclude: ["*.{tmp,bak}"] } } },
      "bad-input",
      /write one pattern for each/,
      "/0/spec/policy/filters/exclude/0",
    ],
  ];
  for (const [change, code, message, pointer] of wrong)
    await refused(fake, made({ ...free, ...change }), code, message, pointer);
  const many = Array.from({ length: 1000 }, (_, i) => set(`/data/${"d".repeat(250)}/${i}`, `s${i}`));
  await refused(fake, made({ ...free, dataSets: many }), "too-large", /262144 at most/, "/0/spec");
});

test("a service must lie in what its clusters grant", async () => {
  const fake = await furnished();
  const hdfs = { url: "webhdfs://n:9870", user: "coeval" };
  await fake.control.clusters.add(call, { name: "north", hdfs, scopes: ["/granted"] });
  await refused(
    fake,
    made({ primary: "north" }),
    "not-allowed",
    /grants: \/granted/,
    "/0/spec/dataSets/0/hdfs",
  );
  const target = { primary: "east", secondary: "north", dataSets: [set("/data/free")] };
  await refused(fake, made(target), "not-allowed", /outside/, "/0/spec/mapping/target");
});

test("several are applied all or none, and judged as they will be", async () => {
  const fake = await furnished();
  const one = made({
    name: "one",
    dataSets: [set("/data/one")],
    mapping: { source: "/data", target: "/b/one" },
  });
  const two = made({
    name: "two",
    dataSets: [set("/data/one")],
    mapping: { source: "/data", target: "/b/two" },
  });
  const want = (service: Service): Wanted => ({ service, ifVersion: null });
  await assert.rejects(apply(fake, [want(one), want(two)]), { code: "name-taken" });
  assert.equal((await fake.control.services.list()).length, 1);
  const dry = await apply(fake, [want(one)], true);
  assert.deepEqual(
    dry.map(({ change, version }) => [change, version]),
    [["created", 1]],
  );
  assert.equal((await fake.control.services.list()).length, 1);
  // 'orders' gives its directory up in the same call in which another takes it.
  const moved = { ...base, dataSets: [set("/data/moved", "events2")] };
  const taker = made({ dataSets: [set("/data/events")], mapping: { source: "/data", target: "/b/other" } });
  const both = await apply(fake, [want(moved), want(taker)]);
  assert.deepEqual(
    both.map(({ change }) => change),
    ["changed", "created"],
  );
});

test("an edit of what somebody else edited meanwhile is refused; the same again changes nothing", async () => {
  const fake = await furnished();
  const { version, service } = await fake.control.services.get("orders");
  const [same] = await apply(fake, [{ service, ifVersion: version }]);
  assert.deepEqual([same?.change, same?.version], ["unchanged", version]);
  const edited = { ...service, dataSets: [...service.dataSets, set("/data/more")] };
  await apply(fake, [{ service: edited, ifVersion: version }]);
  await assert.rejects(apply(fake, [{ service, ifVersion: version }]), { code: "edited-meanwhile" });
  await assert.rejects(apply(fake, [{ service, ifVersion: "absent" }]), { code: "edited-meanwhile" });
  const rows = await fake.control.database.db
    .selectFrom("audit")
    .selectAll()
    .where("what", "=", "service.apply")
    .execute();
  assert.equal(rows.length, 2);
});

test("once points exist, what decides where they lie stays, and the service is not deleted unless they are kept", async () => {
  const fake = await furnished();
  const { control } = fake;
  const { run } = await control.protect(call, { service: "orders", at: "earliest", label: null });
  const elsewhere = { ...base, mapping: { source: "/data", target: "/backup/new" } };
  await assert.rejects(apply(fake, [{ service: elsewhere, ifVersion: null }]), { code: "run-active" });
  await assert.rejects(control.services.remove(call, "orders", { points: "keep", ifVersion: null }), {
    code: "run-active",
  });
  await fake.time.advance(5000);
  assert.equal((await control.runs.get(run.id)).run.phase, "done");
  const edits: Partial<Service>[] = [
    { mapping: elsewhere.mapping },
    { primary: "west", secondary: "east" },
    { mapping: { source: "/", target: base.mapping.target } },
  ];
  for (const edit of edits)
    await assert.rejects(apply(fake, [{ service: { ...base, ...edit }, ifVersion: null }]), {
      code: "point-exists",
      message: /1 recovery point\(s\) lie in \/backup\/orders on west/,
    });
  await assert.rejects(control.services.remove(call, "orders", { points: null, ifVersion: null }), {
    code: "point-exists",
  });
  await control.services.remove(call, "orders", { points: "keep", ifVersion: null });
  assert.equal((await control.points.list("orders", {})).items.length, 1);
  // Made again, it goes on with its epoch and its chain.
  const [again] = await apply(fake, [{ service: base, ifVersion: "absent" }]);
  assert.deepEqual([again?.change, again?.epoch], ["created", 1]);
  const next = await control.protect(call, { service: "orders", at: "earliest", label: null });
  assert.equal(next.run.previous?.point, run.point);
});

test("examining asks both agents, the secondary with the holding directory, and tells what blocks", async () => {
  const fake = await furnished();
  const { source, target } = fake.pair;
  const checked = fake.control.services.examine(base, { measure: false });
  await fake.time.settle();
  const questions = [source, target].map((agent) => {
    const last = agent.heard.at(-1);
    assert.ok(last?.say === "examine");
    return last;
  });
  assert.deepEqual(
    questions.map(({ directory, sets }) => [directory, sets[0]?.path]),
    [
      [null, "/data/events"],
      ["/backup/orders", undefined],
    ],
  );
  const finding = { set: "events", level: "blocks", code: "set-missing", text: "it does not exist" } as const;
  await source.say({
    say: "findings",
    number: questions[0]?.number ?? 0,
    findings: [finding],
    sizes: [],
    blockSizeBytes: null,
    room: null,
    failure: null,
  });
  await target.say({
    say: "findings",
    number: questions[1]?.number ?? 0,
    findings: [],
    sizes: [],
    blockSizeBytes: null,
    room: null,
    failure: null,
  });
  assert.deepEqual(await checked, {
    findings: [{ ...finding, cluster: "east" }],
    blocked: true,
    estimate: null,
  });
});

test("an agent that does not answer, or goes away, is told as such", async () => {
  const fake = await furnished();
  const silent = fake.control.services.examine(base, { measure: false });
  silent.catch(() => undefined);
  for (let told = 0; told < 16; told++) {
    await fake.time.advance(2000);
    await fake.pair.source.tell();
    await fake.pair.target.tell();
  }
  await assert.rejects(silent, { code: "stalled", message: /did not answer in 30 s/ });
  const going = fake.control.services.examine(base, { measure: false });
  going.catch(() => undefined);
  await fake.time.settle();
  fake.pair.source.drop();
  await assert.rejects(going, { code: "agent-away" });
  await fake.time.settle();
  await assert.rejects(fake.control.services.examine(base, { measure: false }), {
    code: "agent-away",
    message: /agent of east/,
  });
});

test("a document whose instant is past by now can be applied again, and edited beside it", async () => {
  const fake = await furnished();
  const moments = [{ kind: "at", at: START_MS + 60_000 }] as const;
  const service = { ...base, policy: { ...base.policy, moments } };
  await apply(fake, [{ service, ifVersion: null }]);
  await fake.time.advance(120_000);
  const [again] = await apply(fake, [{ service, ifVersion: null }]);
  assert.equal(again?.change, "unchanged");
  const edited = { ...service, policy: { ...service.policy, priority: 60 } };
  const [changed] = await apply(fake, [{ service: edited, ifVersion: null }]);
  assert.equal(changed?.change, "changed");
});

test("a service that was stored before policies had moments is protected by hand only", async () => {
  const fake = await furnished();
  const { direction, tolerance } = base.policy;
  const definition = JSON.stringify({ ...base, policy: { direction, tolerance } });
  await fake.control.write(({ trx }) => trx.updateTable("services").set({ definition }).execute());
  assert.deepEqual((await fake.control.services.get("orders")).service, base);
});

test("a stored service that is wrong by now is told with its place in its own document", async () => {
  const fake = await furnished();
  const { definition } = await fake.control.database.db
    .selectFrom("services")
    .select("definition")
    .executeTakeFirstOrThrow();
  const broken = { ...JSON.parse(definition), secondary: "east" };
  await fake.control.write(({ trx }) =>
    trx
      .updateTable("services")
      .set({ definition: JSON.stringify(broken) })
      .execute(),
  );
  await assert.rejects(fake.control.services.check("orders", { measure: true }), {
    code: "bad-input",
    pointer: "/spec/secondary",
  });
});
