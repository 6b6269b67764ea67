/** Every route of the API. */
import { agentRoutes } from "./agent.ts";
import { auditRoutes } from "./audit.ts";
import { clusterRoutes } from "./cluster.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { errorRoutes } from "./error.ts";
import { eventRoutes } from "./event.ts";
import { healthRoutes } from "./health.ts";
import { metricsRoutes } from "./metrics.ts";
import { momentRoutes } from "./moment.ts";
import { pauseRoutes } from "./pause.ts";
import { pointRoutes } from "./point.ts";
import { protectRoutes } from "./protect.ts";
import { runRoutes } from "./run.ts";
import { serviceRoutes } from "./service.ts";
import { statusRoutes } from "./status.ts";
import { tokenRoutes } from "./token.ts";

export function registerRoutes(api: Api, deps: ApiDeps): void {
  const nouns = [
    healthRoutes,
    errorRoutes,
    statusRoutes,
    metricsRoutes,
    tokenRoutes,
    clusterRoutes,
    agentRoutes,
    serviceRoutes,
    protectRoutes,
    momentRoutes,
    pauseRoutes,
    runRoutes,
    pointRoutes,
    auditRoutes,
    eventRoutes,
  ];
  for (const register of nouns) register(api, deps);
}
