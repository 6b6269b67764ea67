/** The document of a service: its data sets, its clusters, where it lands, and its policy. */
import { checkDataSets, type DataSet } from "@coeval/core/model/data-set";
import { checkPath, isWithin, parentPath } from "@coeval/core/model/path";
import { MAX_DATA_SETS, MAX_TOLERANCE_MS, type Service } from "@coeval/core/model/service";
import { CoevalError } from "@coeval/core/errors";
import { z } from "zod";
import { formatDuration, parseDuration } from "./duration.ts";
import { API_VERSION, documentOf } from "./envelope.ts";
import { closed, directoryPath, durationText, nameText, prefixPath, refuse } from "./fields.ts";
import { pathOf } from "./pointer.ts";
import { named } from "./registry.ts";

const dataSet = closed({
  name: nameText.optional().describe("default: the last name of the path, made to fit"),
  hdfs: directoryPath.describe("the directory, absolute"),
});

const policy = closed({
  direction: z
    .enum(["push", "pull"])
    .describe(
      "who opens the connection for the data: push: the primary's agent dials and sends; pull: the secondary's agent dials and fetches",
    ),
  tolerance: closed({
    window: durationText(1, MAX_TOLERANCE_MS).describe(
      "how far the snapshots may lie after the moment, as 500ms",
    ),
    beyond: z.enum(["refuse", "mark"]).describe("what happens beyond the window; has no default"),
    openFiles: z
      .enum(["refuse", "mark"])
      .describe("the same for open files on a cluster that neither freezes nor tells them; has no default"),
  }),
});

const spec = closed({
  primary: nameText.describe("the cluster whose data it is"),
  secondary: nameText.describe("the cluster that keeps the recovery points"),
  dataSets: z.array(dataSet).min(1).max(MAX_DATA_SETS),
  mapping: closed({
    source: prefixPath.optional().describe("default: the nearest directory above all data sets"),
    target: directoryPath.describe("the holding directory on the secondary, coeval's own"),
  }),
  policy,
});

/** The part that a person decides, with what the fields mean together. */
export const serviceSpec = named("ServiceSpec", spec.superRefine(checkTogether));

/** The whole document. */
export const serviceDocument = named("ServiceDocument", documentOf("Service", serviceSpec));
export type ServiceDocument = z.infer<typeof serviceDocument>;

/** The domain's service of a document that was read by the schema, with every default filled in. */
export function serviceOf(document: ServiceDocument): Service {
  const { primary, secondary, mapping, policy } = document.spec;
  const dataSets = dataSetsOf(document.spec);
  const { window, beyond, openFiles } = policy.tolerance;
  return {
    name: document.metadata.name,
    primary,
    secondary,
    dataSets,
    mapping: { source: sourceOf(document.spec), target: checkPath(mapping.target, "spec.mapping.target") },
    policy: {
      direction: policy.direction,
      tolerance: { windowMs: parseDuration(window) ?? 0, beyond, openFiles },
    },
  };
}

/** The document of the domain's service, without revision and status; every default written out. */
export function serviceDocumentOf(service: Service): ServiceDocument {
  const { windowMs, beyond, openFiles } = service.policy.tolerance;
  return {
    apiVersion: API_VERSION,
    kind: "Service",
    metadata: { name: service.name },
    spec: {
      primary: service.primary,
      secondary: service.secondary,
      dataSets: service.dataSets.map(({ name, path }) => ({ name, hdfs: path })),
      mapping: { ...service.mapping },
      policy: {
        direction: service.policy.direction,
        tolerance: { window: formatDuration(windowMs), beyond, openFiles },
      },
    },
  };
}

/** The name a data set has when none is given: its last name in lower case, other characters as `-`. */
export function defaultSetName(path: string): string {
  const last = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const fitting = last
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 63);
  return fitting === "" ? "data" : fitting;
}

type Spec = z.infer<typeof spec>;

function checkTogether(value: Spec, context: z.RefinementCtx): void {
  if (value.primary === value.secondary)
    refuse(context, "bad-input", "must be another cluster than spec.primary", ["secondary"]);
  const dataSets = dataSetsOf(value);
  try {
    checkDataSets(dataSets);
  } catch (error) {
    if (!(error instanceof CoevalError)) throw error;
    const path = pathOf(error.pointer ?? "").slice(1);
    refuse(
      context,
      error.code,
      error.message.replace(/^spec\.dataSets\[\d+\]: /, ""),
      nameIsGiven(value, path),
    );
  }
  const source = sourceOf(value);
  for (const [index, set] of dataSets.entries()) {
    if (set.path === source)
      refuse(context, "bad-path", `is spec.mapping.source itself; name the directory above it there`, [
        "dataSets",
        index,
        "hdfs",
      ]);
    else if (!isWithin(set.path, source))
      refuse(context, "bad-path", `${set.path} does not lie in spec.mapping.source, ${source}`, [
        "dataSets",
        index,
        "hdfs",
      ]);
  }
}

/** A name that was made from the path is not in the input, so its place is the path's. */
function nameIsGiven(value: Spec, path: (string | number)[]): (string | number)[] {
  const set = typeof path[1] === "number" ? value.dataSets[path[1]] : undefined;
  if (path[2] !== "name" || set?.name !== undefined) return path;
  return [...path.slice(0, 2), "hdfs"];
}

function dataSetsOf(value: Spec): DataSet[] {
  return value.dataSets.map(({ name, hdfs }) => {
    const path = hdfs.length > 1 ? hdfs.replace(/\/$/, "") : hdfs;
    return { name: name ?? defaultSetName(path), component: "hdfs", path };
  });
}

function sourceOf(value: Spec): string {
  const { source } = value.mapping;
  if (source !== undefined) return source === "/" ? source : source.replace(/\/$/, "");
  let above: string | null = null;
  for (const { path } of dataSetsOf(value)) {
    above = above === null ? parentPath(path) : above;
    while (!isWithin(parentPath(path), above)) above = parentPath(above);
  }
  return above ?? "/";
}
