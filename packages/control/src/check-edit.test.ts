import assert from "node:assert/strict";
import { test } from "node:test";
import type { Service } from "@coeval/core/model/service";
import { checkEdit } from "./check-edit.ts";
import { serviceBetween } from "./testing/fake-control.ts";

function withSets(...paths: readonly string[]): Service {
  const dataSets = paths.map((path, index) => ({ name: `s${index}`, component: "hdfs" as const, path }));
  return { ...serviceBetween("east", "west"), dataSets };
}

test("data sets come, go and change their names; none takes the place within or around another's", () => {
  const before = withSets("/data/a", "/data/b/c");
  checkEdit(before, withSets("/data/a"), 3, null);
  checkEdit(before, withSets("/data/a", "/data/b/c", "/data/d"), 3, null);
  const renamed = before.dataSets.map((set) => ({ ...set, name: `${set.name}-new` }));
  checkEdit(before, { ...before, dataSets: renamed }, 3, null);
  const other = (path: string) => ({
    ...before,
    dataSets: [{ name: "x", component: "hdfs" as const, path }],
  });
  for (const path of ["/data/b", "/data/a/below"]) {
    assert.throws(() => checkEdit(before, other(path), 3, null), {
      code: "point-exists",
      message: /spec\.dataSets cannot change from .*make another service/,
    });
    checkEdit(before, other(path), 0, null);
  }
});
