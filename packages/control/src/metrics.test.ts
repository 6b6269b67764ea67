// Metrics: the status's figures in Prometheus's words, bounded by services and clusters, nothing that a label could break.
import assert from "node:assert/strict";
import { test } from "node:test";
import { metricsOf } from "./metrics.ts";
import { renderMetrics } from "./prometheus.ts";
import { START_MS } from "./testing/fake-control.ts";
import { wellClock, wellCluster, wellService } from "./testing/sample-status.ts";

test("figures come in base units; what is not known is left out, never 0", () => {
  const services = [
    wellService({ rpoMs: 1500, objectiveMs: 900_000 }),
    wellService({ service: "empty", lastPoint: null, rpoMs: null, points: 0 }),
  ];
  const counts = {
    runs: [
      { service: "orders", outcome: "failed", runs: 2 },
      { service: "deleted", outcome: "done", runs: 5 },
    ],
    moments: [{ service: "orders", fate: "missed", total: 7 }],
  };
  const lines = renderMetrics(
    metricsOf({ clock: wellClock, services, clusters: [wellCluster("west")] }, counts, "1.2"),
  ).split("\n");
  for (const line of [
    'coeval_info{version="1.2"} 1',
    "coeval_troubles 1",
    'coeval_rpo_seconds{service="orders"} 1.5',
    'coeval_objective_seconds{service="orders"} 900',
    `coeval_last_moment_timestamp_seconds{service="orders"} ${START_MS / 1000}`,
    'coeval_points{service="empty"} 0',
    'coeval_runs_total{service="orders",outcome="failed"} 2',
    'coeval_moments_total{service="orders",fate="missed"} 7',
    'coeval_agent_connected{cluster="west"} 1',
    'coeval_clock_error_seconds{cluster="west"} 0.002',
    "# TYPE coeval_runs_total counter",
  ])
    assert.ok(lines.includes(line), line);
  assert.ok(!lines.some((line) => line.startsWith('coeval_rpo_seconds{service="empty"')));
  assert.ok(!lines.some((line) => line.includes('"deleted"')), "only what the caller sees");
});

test("a label's value cannot break out of its quotes, nor a help text out of its line", () => {
  const sample = { labels: { service: 'a"b\\c\nd' }, value: 1 };
  const text = renderMetrics([{ name: "x", type: "gauge", help: "one\ntwo", samples: [sample] }]);
  assert.equal(
    text,
    '# HELP coeval_x one\\ntwo\n# TYPE coeval_x gauge\ncoeval_x{service="a\\"b\\\\c\\nd"} 1\n',
  );
});
