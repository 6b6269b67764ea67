/** The document of a service: its data sets, its clusters, where it lands, and its policy. */
import { checkDataSets, type DataSet } from "@coeval/core/model/data-set";
import { checkPath, isWithin, parentPath } from "@coeval/core/model/path";
import { MAX_DATA_SETS, type Service } from "@coeval/core/model/service";
import { CoevalError } from "@coeval/core/errors";
import { checkSetPattern, fixedPrefix } from "@coeval/core/model/set-pattern";
import { z } from "zod";
import { API_VERSION, documentOf } from "./envelope.ts";
import { closed, directoryPath, nameText, prefixPath, refuse, refuseBy } from "./fields.ts";
import { pathOf } from "./pointer.ts";
import { policyDocument, policyDocumentOf, policyOf } from "./policy-document.ts";
import { named } from "./registry.ts";

const dataSet = closed({
  name: nameText.optional().describe("default: the last name of the path, made to fit"),
  hdfs: directoryPath.describe(
    "the directory, absolute; with `*` or `?` in its names a pattern: each directory that it means at a moment is a data set",
  ),
  onUncovered: z
    .enum(["refuse", "mark"])
    .optional()
    .describe(
      "of a pattern, where it has no default: what becomes of a moment when one of its directories allows no snapshots",
    ),
});

const spec = closed({
  primary: nameText.describe("the cluster whose data it is"),
  secondary: nameText.describe("the cluster that keeps the recovery points"),
  dataSets: z.array(dataSet).min(1).max(MAX_DATA_SETS),
  mapping: closed({
    source: prefixPath.optional().describe("default: the nearest directory above all data sets"),
    target: directoryPath.describe("the holding directory on the secondary, coeval's own"),
  }),
  policy: policyDocument,
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
  return {
    name: document.metadata.name,
    primary,
    secondary,
    dataSets,
    mapping: { source: sourceOf(document.spec), target: checkPath(mapping.target, "spec.mapping.target") },
    policy: policyOf(policy),
  };
}

/** The document of the domain's service, without revision and status; every default written out. */
export function serviceDocumentOf(service: Service): ServiceDocument {
  return {
    apiVersion: API_VERSION,
    kind: "Service",
    metadata: { name: service.name },
    spec: {
      primary: service.primary,
      secondary: service.secondary,
      dataSets: service.dataSets.map(({ name, path, onUncovered }) => ({
        name,
        hdfs: path,
        ...(onUncovered === undefined ? {} : { onUncovered }),
      })),
      mapping: { ...service.mapping },
      policy: policyDocumentOf(service.policy),
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
    refuseBy(context, () => checkSetPattern(set), ["dataSets", index, "hdfs"]);
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
  return value.dataSets.map(({ name, hdfs, onUncovered }) => {
    const path = hdfs.length > 1 ? hdfs.replace(/\/$/, "") : hdfs;
    const pattern = onUncovered === undefined ? {} : { onUncovered };
    const named = onUncovered === undefined ? path : fixedPrefix(path);
    return { name: name ?? defaultSetName(named), component: "hdfs", path, ...pattern };
  });
}

function sourceOf(value: Spec): string {
  const { source } = value.mapping;
  if (source !== undefined) return source === "/" ? source : source.replace(/\/$/, "");
  let above: string | null = null;
  for (const { path, onUncovered } of dataSetsOf(value)) {
    const parent = onUncovered === undefined ? parentPath(path) : fixedPrefix(path);
    above = above === null ? parent : above;
    while (!isWithin(parent, above)) above = parentPath(above);
  }
  return above ?? "/";
}
