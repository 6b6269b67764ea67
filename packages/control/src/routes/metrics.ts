/** Metrics for Prometheus. They name services and clusters, so they need a token of a viewer, as every other view does. */
import { textStream } from "@coeval/contract/api/call";
import { momentTotals } from "@coeval/store/control/moment-totals";
import { runOutcomes } from "@coeval/store/control/run-outcomes";
import { metricsOf } from "../metrics.ts";
import { PROMETHEUS_TYPE, renderMetrics } from "../prometheus.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";
import { statusFor } from "./status.ts";

export function metricsRoutes(api: Api, { control, options }: ApiDeps): void {
  api.get(
    "/metrics",
    {
      schema: {
        tags: ["status"],
        description:
          "Prometheus text format; give Prometheus a viewer's token as `authorization: credentials_file`",
        response: { 200: textStream },
      },
      config: { access: "viewer" },
    },
    async (request, reply) => {
      const status = await statusFor(control, callerOf(request));
      const { db } = control.database;
      const counts = { runs: await runOutcomes(db), moments: await momentTotals(db) };
      const text = renderMetrics(metricsOf(status, counts, options.version));
      return reply.header("content-type", PROMETHEUS_TYPE).serializer(String).send(text);
    },
  );
}
