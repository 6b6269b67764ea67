// The policy of a document: what may stand there, what it means, and what is refused, with its place and the fix.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInstant } from "@coeval/core/model/instant";
import { preview } from "@coeval/core/protect/preview";
import { createFakeCalendar } from "@coeval/core/testing/fake-calendar";
import { readBy } from "./issues.ts";
import { momentPreviewOf, momentPreviews, previewQuery } from "./moment-preview.ts";
import { readablePath } from "./pointer.ts";
import { policyDocument, policyDocumentOf, policyOf } from "./policy-document.ts";

const tolerance = { window: "500ms", beyond: "refuse", openFiles: "mark" };

function wrongWith(more: object): string[] {
  const read = readBy(policyDocument, { direction: "push", tolerance, ...more });
  return read.ok
    ? []
    : read.wrong.map(({ path, code, detail }) => `${readablePath(path)} ${code}: ${detail}`);
}

const full = {
  direction: "push",
  tolerance,
  moments: [
    { at: "2026-11-21T11:00:00+01:00" },
    { every: "15m" },
    { every: "30s", anchor: "2026-11-21T10:00:07Z" },
    { cron: "0 2 * * mon-fri", zone: "Europe/Berlin" },
  ],
  blackout: [
    { from: "22:00", to: "06:30", days: ["fri", "mon"], zone: "Europe/Berlin" },
    { from: "00:00", to: "24:00", zone: "UTC" },
  ],
  objective: { rpo: "15m" },
  filters: { exclude: ["*.tmp"] },
  bandwidth: "400Mbit/s",
  priority: 70,
};

test("everything that may stand in a policy is understood", () => {
  const { moments, blackout, ...rest } = policyOf(policyDocument.parse(full));
  assert.deepEqual(moments, [
    { kind: "at", at: parseInstant("2026-11-21T10:00:00Z") },
    { kind: "every", everyMs: 900_000, anchor: null },
    { kind: "every", everyMs: 30_000, anchor: parseInstant("2026-11-21T10:00:07Z") },
    { kind: "cron", cron: "0 2 * * mon-fri", zone: "Europe/Berlin" },
  ]);
  assert.deepEqual(blackout, [
    { fromMinute: 1320, toMinute: 390, days: ["mon", "fri"], zone: "Europe/Berlin" },
    { fromMinute: 0, toMinute: 1440, days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], zone: "UTC" },
  ]);
  assert.deepEqual(rest, {
    direction: "push",
    tolerance: { windowMs: 500, beyond: "refuse", openFiles: "mark" },
    objective: { rpoMs: 900_000 },
    filters: { include: [], exclude: ["*.tmp"] },
    bandwidthBytesPerSecond: 50_000_000,
    priority: 70,
  });
});

test("what is written out again means the same", () => {
  for (const document of [full, { direction: "push", tolerance }]) {
    const policy = policyOf(policyDocument.parse(document));
    const written = policyDocumentOf(policy);
    assert.deepEqual(policyOf(policyDocument.parse(written)), policy);
    assert.deepEqual(policyDocumentOf(policyOf(policyDocument.parse(written))), written);
  }
});

test("a rule says one thing, with what belongs to it", () => {
  assert.deepEqual(
    wrongWith({
      moments: [
        {},
        { at: "2026-11-21T10:00:00Z", every: "1h" },
        { cron: "0 2 * * *" },
        { every: "1h", zone: "UTC" },
        { at: "2026-11-21T10:00:00Z", anchor: "2026-11-21T10:00:00Z" },
        { evry: "1h" },
      ],
    }),
    [
      "moments[0] bad-input: says no moment; say at, every or cron",
      "moments[1] bad-input: says at and every; make it 2 entries of the list",
      "moments[2].zone bad-input: is missing; name the zone whose clocks are meant, as Europe/Berlin, or UTC",
      "moments[3].zone bad-input: belongs to cron; at and every are told in UTC",
      "moments[4].anchor bad-input: belongs to every",
      "moments[5].evry bad-input: unknown key 'evry'; did you mean 'every'?",
      "moments[5] bad-input: says no moment; say at, every or cron",
    ],
  );
});

test("bad instants, intervals and expressions are refused at their place", () => {
  const first = (rule: object) => wrongWith({ moments: [rule] })[0] ?? "";
  assert.match(first({ at: "2026-03-29T02:30:00" }), /^moments\[0\]\.at bad-instant: .*is no instant/);
  assert.match(first({ at: "2026-02-30T00:00:00Z" }), /^moments\[0\]\.at bad-instant/);
  assert.match(first({ every: "500ms" }), /^moments\[0\]\.every bad-input: 500ms is not between 1000 ms/);
  assert.match(first({ every: "367d" }), /^moments\[0\]\.every bad-input/);
  assert.match(first({ every: "hourly" }), /^moments\[0\]\.every bad-input: 'hourly' is no duration/);
  assert.match(
    first({ cron: "0 25 * * *", zone: "UTC" }),
    /^moments\[0\]\.cron bad-input: the cron expression '0 25 \* \* \*' has '25' as hour; 0 to 23/,
  );
  assert.match(first({ cron: "0 2 * * *", zone: "" }), /^moments\[0\]\.zone bad-input/);
  assert.match(
    wrongWith({ moments: Array.from({ length: 17 }, () => ({ every: "1h" })) })[0] ?? "",
    /^moments too-large/,
  );
});

test("bad blackouts, objectives, bandwidths and priorities are refused at their place", () => {
  const blackout = (more: object) =>
    wrongWith({ blackout: [{ from: "22:00", to: "06:00", zone: "UTC", ...more }] })[0] ?? "";
  assert.match(blackout({ from: "24:00" }), /^blackout\[0\]\.from bad-input: 24:00 ends a day/);
  assert.match(
    blackout({ from: "9:00" }),
    /^blackout\[0\]\.from bad-input: "9:00" is no time of day; write it as 22:00/,
  );
  assert.match(
    blackout({ to: "22:00" }),
    /^blackout\[0\]\.to bad-input: ends when it begins; for a whole day say from 00:00 to 24:00/,
  );
  assert.match(blackout({ to: "24:01" }), /^blackout\[0\]\.to/);
  assert.match(blackout({ days: ["monday"] }), /^blackout\[0\]\.days\[0\] bad-input: must be "mon" or/);
  assert.match(blackout({ days: ["mon", "mon"] }), /^blackout\[0\]\.days\[1\] bad-input: stands there twice/);
  assert.match(blackout({ days: [] }), /^blackout\[0\]\.days bad-input/);
  assert.match(blackout({ zone: undefined }), /^blackout\[0\]\.zone bad-input: is missing/);
  assert.match(wrongWith({ objective: { rpo: "0s" } })[0] ?? "", /^objective\.rpo bad-input/);
  assert.match(wrongWith({ objective: {} })[0] ?? "", /^objective\.rpo bad-input: is missing/);
  assert.match(
    wrongWith({ bandwidth: "fast" })[0] ?? "",
    /^bandwidth bad-input: 'fast' is no bandwidth; write it as 50MB\/s/,
  );
  assert.match(wrongWith({ bandwidth: "1kB/s" })[0] ?? "", /^bandwidth bad-input: 1kB\/s is not between/);
  assert.match(wrongWith({ priority: 101 })[0] ?? "", /^priority bad-input/);
  assert.match(wrongWith({ priority: 1.5 })[0] ?? "", /^priority bad-input/);
});

test("a preview is what its schema says, and asks for ten when nothing is said", () => {
  const policy = policyOf(policyDocument.parse({ ...full, moments: [{ every: "15m" }], blackout: [] }));
  const items = preview(policy, parseInstant("2026-11-21T10:00:00Z"), 2, createFakeCalendar()).map(
    momentPreviewOf,
  );
  assert.deepEqual(momentPreviews.parse({ items }).items[0], {
    moment: "2026-11-21T10:15:00.000Z",
    local: "2026-11-21T10:15:00.000+00:00",
    zone: "UTC",
    occurrence: "once",
    blackedOut: false,
  });
  assert.equal(previewQuery.parse({}).count, 10);
  assert.ok(!previewQuery.safeParse({ count: "101" }).success);
});
