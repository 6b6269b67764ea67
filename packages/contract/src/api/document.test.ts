// Documents as people write them: what is taken, with its defaults, and what is refused, with its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterDocument, clusterDocumentOf, clusterOf } from "./cluster-document.ts";
import { readDocument } from "./document.ts";
import { readablePath } from "./pointer.ts";
import { defaultSetName, serviceDocument, serviceDocumentOf, serviceOf } from "./service-document.ts";

const policy = { direction: "push", tolerance: { window: "500ms", beyond: "refuse", openFiles: "mark" } };

function service(spec: object = {}, more: object = {}): Record<string, unknown> {
  return {
    apiVersion: "coeval/v1",
    kind: "Service",
    metadata: { name: "sales" },
    spec: {
      primary: "west",
      secondary: "east",
      dataSets: [{ hdfs: "/data/sales/orders" }, { hdfs: "/data/sales/raw/Items_2026/" }],
      mapping: { target: "/coeval/sales" },
      policy,
      ...spec,
    },
    ...more,
  };
}

/** `place code: detail` of every wrong field. */
function wrongWith(value: unknown): string[] {
  const read = readDocument(value);
  return read.ok
    ? []
    : read.wrong.map(({ path, code, detail }) => `${readablePath(path)} ${code}: ${detail}`);
}

test("a service's defaults are filled in: names from paths, the mapping from the nearest directory above", () => {
  const read = readDocument(service());
  assert.ok(read.ok && read.document.kind === "Service");
  const domain = serviceOf(read.document);
  assert.deepEqual(domain, {
    name: "sales",
    primary: "west",
    secondary: "east",
    dataSets: [
      { name: "orders", component: "hdfs", path: "/data/sales/orders" },
      { name: "items-2026", component: "hdfs", path: "/data/sales/raw/Items_2026" },
    ],
    mapping: { source: "/data/sales", target: "/coeval/sales" },
    policy: {
      direction: "push",
      tolerance: { windowMs: 500, beyond: "refuse", openFiles: "mark" },
      moments: [],
      blackout: [],
      objective: null,
      filters: { include: [], exclude: [] },
      bandwidthBytesPerSecond: null,
      priority: 50,
    },
  });
});

test("what the API gives can be applied again, its status and revision included, and means the same", () => {
  const read = readDocument(service());
  assert.ok(read.ok && read.document.kind === "Service");
  const given = serviceDocumentOf(serviceOf(read.document));
  const again = readDocument({ ...given, metadata: { name: "sales", revision: "7" }, status: { points: 3 } });
  assert.ok(again.ok && again.document.kind === "Service");
  assert.deepEqual(serviceOf(again.document), serviceOf(read.document));
  const cluster = {
    apiVersion: "coeval/v1",
    kind: "Cluster",
    metadata: { name: "west" },
    spec: { hdfs: { url: "webhdfs://nn.example:9870/", user: "coeval" }, scopes: ["/data/", "/"] },
  };
  const west = clusterOf(clusterDocument.parse(cluster));
  assert.deepEqual(west, {
    name: "west",
    hdfs: { url: "webhdfs://nn.example:9870", user: "coeval" },
    scopes: ["/data", "/"],
  });
  assert.deepEqual(clusterOf(clusterDocument.parse(clusterDocumentOf(west))), west);
});

test("one data set is mapped from the directory above it, sets of two trees from the root", () => {
  const one = serviceDocument.parse(service({ dataSets: [{ hdfs: "/data/sales/orders" }] }));
  assert.equal(serviceOf(one).mapping.source, "/data/sales");
  const two = serviceDocument.parse(service({ dataSets: [{ hdfs: "/a/x" }, { hdfs: "/b" }] }));
  assert.equal(serviceOf(two).mapping.source, "/");
});

test("paths that HDFS reserves, or that lead elsewhere, are refused at their place", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["data/x", /is not absolute/],
    ["/data/../etc", /contains '\.\.'/],
    ["/data/./x", /contains '\.'/],
    ["/data//x", /contains '\/\/'/],
    ["/data/.snapshot/s1", /contains '\.snapshot'/],
    ["/.reserved/raw/data", /lies in '\/\.reserved'/],
    ["/data/a\u0000b", /control character/],
    ["/data/a\nb", /control character/],
    ["/", /root of the file system/],
    [`/${"n".repeat(7999)}`, /8000 bytes/],
    [`/data/${"n".repeat(256)}`, /longer than 255 bytes/],
    ["/data/\ud800", /well-formed/],
    ["", /is not absolute/],
  ];
  for (const [path, why] of refused) {
    const [first = ""] = wrongWith(service({ dataSets: [{ name: "x", hdfs: path }] }));
    assert.match(first, why, JSON.stringify(path).slice(0, 60));
    assert.match(first, /^spec\.dataSets\[0\]\.hdfs bad-path: /);
    const [target = ""] = wrongWith(service({ mapping: { target: path } }));
    assert.match(target, why);
    assert.match(target, /^spec\.mapping\.target bad-path: /);
  }
});

test("data sets that nest, share a name, or lie outside the mapping are refused at the later one", () => {
  const nested = service({ dataSets: [{ hdfs: "/data/a/b" }, { hdfs: "/data/a" }] });
  assert.deepEqual(wrongWith(nested), [
    "spec.dataSets[0] data-sets-nested: /data/a/b lies in /data/a (spec.dataSets[1])",
  ]);
  const twice = service({ dataSets: [{ hdfs: "/data/a/x" }, { hdfs: "/data/b/x" }] });
  assert.deepEqual(wrongWith(twice), ["spec.dataSets[1].hdfs name-taken: a data set named 'x' stands above"]);
  const named = service({
    dataSets: [
      { name: "x", hdfs: "/data/a" },
      { name: "x", hdfs: "/data/b" },
    ],
  });
  assert.match(wrongWith(named)[0] ?? "", /^spec\.dataSets\[1\]\.name name-taken/);
  const outside = service({ mapping: { source: "/data/sales/raw", target: "/coeval/sales" } });
  assert.match(wrongWith(outside)[0] ?? "", /^spec\.dataSets\[0\]\.hdfs bad-path: .* does not lie in/);
  const itself = service({ mapping: { source: "/data/sales/orders", target: "/coeval/sales" } });
  assert.match(
    wrongWith(itself)[0] ?? "",
    /^spec\.dataSets\[0\]\.hdfs bad-path: is spec\.mapping\.source itself/,
  );
});

test("what is dangerous has no default, and neither has the direction", () => {
  const silent = service({ policy: { direction: "push", tolerance: { window: "500ms" } } });
  assert.deepEqual(wrongWith(silent), [
    'spec.policy.tolerance.beyond bad-input: is missing; say "refuse" or "mark"',
    'spec.policy.tolerance.openFiles bad-input: is missing; say "refuse" or "mark"',
  ]);
  for (const direction of ["push", "pull"])
    assert.deepEqual(wrongWith(service({ policy: { ...policy, direction } })), []);
  assert.match(
    wrongWith(service({ policy: { ...policy, direction: undefined } }))[0] ?? "",
    /^spec\.policy\.direction bad-input: is missing/,
  );
  for (const window of ["0ms", "11m", "half a second", "1.0001s", 500, null])
    assert.match(
      wrongWith(service({ policy: { ...policy, tolerance: { ...policy.tolerance, window } } }))[0] ?? "",
      /^spec\.policy\.tolerance\.window bad-input/,
    );
});

test("unknown keys and kinds are refused with the word that was meant", () => {
  const misspelt = service({ dataSet: [] }, { metdata: {} });
  assert.deepEqual(wrongWith(misspelt), [
    "spec.dataSet bad-input: unknown key 'dataSet'; did you mean 'dataSets'?",
    "metdata bad-input: unknown key 'metdata'; did you mean 'metadata'?",
  ]);
  assert.match(wrongWith(service({ retention: {} }))[0] ?? "", /unknown key 'retention'; known are primary,/);
  assert.match(wrongWith({ kind: "Servise" })[0] ?? "", /did you mean 'Service'/);
  assert.match(wrongWith({ kind: "constructor" })[0] ?? "", /unknown kind 'constructor'/);
  for (const value of [null, 7, "text", [], {}])
    assert.match(wrongWith(value)[0] ?? "", /^kind bad-input: is missing/);
});

test("bad names, one cluster for both, another version, and too many data sets are refused", () => {
  for (const name of ["", "Sales", "-x", "a/b", "a".repeat(64), "..", "a\u0000"])
    assert.match(wrongWith(service({}, { metadata: { name } }))[0] ?? "", /^metadata\.name bad-input/);
  assert.match(
    wrongWith(service({ secondary: "west" }))[0] ?? "",
    /^spec\.secondary bad-input: must be another/,
  );
  assert.match(wrongWith(service({}, { apiVersion: "coeval/v2" }))[0] ?? "", /must be "coeval\/v1"/);
  assert.match(wrongWith(service({ dataSets: [] }))[0] ?? "", /^spec\.dataSets bad-input: is smaller than/);
  const many = Array.from({ length: 1001 }, (_, index) => ({ hdfs: `/data/d${index}` }));
  assert.match(
    wrongWith(service({ dataSets: many }))[0] ?? "",
    /^spec\.dataSets too-large: is larger than the bound of 1000 items/,
  );
});

test("a cluster's endpoint is an address or a nameservice, its user a name, its scopes paths", () => {
  const cluster = (hdfs: object, scopes: unknown = ["/data"]) =>
    wrongWith({
      apiVersion: "coeval/v1",
      kind: "Cluster",
      metadata: { name: "west" },
      spec: { hdfs, scopes },
    });
  assert.deepEqual(cluster({ url: "webhdfs://[::1]:9870", user: "hdfs" }), []);
  assert.deepEqual(cluster({ url: "hdfs://nn1:8020,nn2:8020", web: "webhdfs://nn1:9870", user: "hdfs" }), []);
  assert.deepEqual(cluster({ url: "hdfs://nn1:8020,nn2:8020/", web: "webhdfs://nn1:9870,nn2:9870" }), []);
  const kerberos = { nameNode: "nn/_HOST@EAST.TEST", dataTransferProtection: "privacy" };
  assert.deepEqual(cluster({ url: "hdfs://prod", kerberos }), []);
  for (const [wrong, place] of [
    [{ ...kerberos, nameNode: "nn@EAST.TEST" }, /^spec\.hdfs\.kerberos\.nameNode .*SERVICE\/_HOST@REALM/],
    [{ ...kerberos, rpcProtection: "secret" }, /^spec\.hdfs\.kerberos\.rpcProtection/],
    [{ ...kerberos, keytab: "/etc/coeval.keytab" }, /^spec\.hdfs\.kerberos\.keytab/],
    [{}, /^spec\.hdfs\.kerberos\.nameNode/],
  ] as const)
    assert.match(cluster({ url: "hdfs://prod", kerberos: wrong })[0] ?? "", place);
  assert.match(
    cluster({ url: "hdfs://nn:8020", web: "hdfs://nn:8020", user: "a" })[0] ?? "",
    /^spec\.hdfs\.web/,
  );
  for (const url of [
    "http://nn:9870",
    "webhdfs://nn",
    "webhdfs://nn:0",
    "webhdfs://u:p@nn:9870",
    "webhdfs://nn:9870/x",
    "hdfs://nn:8020,",
    "webhdfs://nn1:9870,nn2:9870",
  ])
    assert.match(
      cluster({ url, user: "hdfs" })[0] ?? "",
      /^spec\.hdfs\.url bad-input: .* must read hdfs:\/\/HOST:PORT/,
    );
  assert.match(cluster({ url: "webhdfs://nn:9870", user: "a b" })[0] ?? "", /^spec\.hdfs\.user/);
  assert.match(
    cluster({ url: "webhdfs://nn:9870", user: "a" }, ["data"])[0] ?? "",
    /^spec\.scopes\[0\] bad-path/,
  );
  assert.match(cluster({ url: "webhdfs://nn:9870", user: "a" }, [])[0] ?? "", /^spec\.scopes bad-input/);
});

test("a data set's default name is its last name made to fit", () => {
  const names = {
    "/data/Orders": "orders",
    "/a/été_2": "t-2",
    "/a/---": "data",
    "/a/..x": "x",
    [`/a/${"y".repeat(99)}`]: "y".repeat(63),
  };
  for (const [path, name] of Object.entries(names)) assert.equal(defaultSetName(path), name);
});
