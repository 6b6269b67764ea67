/** Documents: what people write in YAML and what the API takes and gives in JSON; `apiVersion`, `kind`, `metadata`, `spec`. */
import { z } from "zod";
import { clusterDocument } from "./cluster-document.ts";
import { readBy, type WrongField } from "./issues.ts";
import { serviceDocument } from "./service-document.ts";
import { nearMiss } from "./near-miss.ts";

/** Every kind of document. */
export const documentKinds = { Cluster: clusterDocument, Service: serviceDocument } as const;
export type DocumentKind = keyof typeof documentKinds;

/** A document of any kind. */
export type AnyDocument = z.infer<typeof clusterDocument> | z.infer<typeof serviceDocument>;

/** Reads a value as a document of the kind it names. @returns the document, or every wrong field. */
export function readDocument(
  value: unknown,
): { ok: true; document: AnyDocument } | { ok: false; wrong: readonly WrongField[] } {
  const kind = kindOf(value);
  if (typeof kind !== "string" || !Object.hasOwn(documentKinds, kind))
    return { ok: false, wrong: [wrongKind(kind)] };
  const read = readBy<z.ZodType<AnyDocument>>(documentKinds[kind as DocumentKind], value);
  return read.ok ? { ok: true, document: read.value } : read;
}

function kindOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
}

function wrongKind(kind: unknown): WrongField {
  const known = Object.keys(documentKinds);
  if (typeof kind !== "string")
    return { path: ["kind"], code: "bad-input", detail: `is missing; say ${known.join(" or ")}` };
  const meant = nearMiss(kind, known);
  const more = meant === null ? `known are ${known.join(", ")}` : `did you mean '${meant}'?`;
  return { path: ["kind"], code: "bad-input", detail: `unknown kind '${kind.slice(0, 60)}'; ${more}` };
}
