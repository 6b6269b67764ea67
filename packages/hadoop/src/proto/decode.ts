/** Protobuf messages out of bytes. What the wire marks `required` must be there, as Java's own decoder demands: a
 * default in its place would be a fact that nobody stated. */
import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";

/** Bytes that are not the message they should be. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
}

/** Decodes exactly `bytes`; they stay shared with the message's own byte fields. Throws {@link MalformedMessage}. */
export function decode<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  let message: MessageShape<Desc>;
  try {
    message = fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MalformedMessage(`${schema.name}: ${why}`, { cause });
  }
  const missing = planOf(schema)(message);
  if (missing !== null) throw new MalformedMessage(`${schema.name}: lacks ${missing}`);
  return message;
}

/** The first required field that is missing, here or below; null when all are there. */
type Plan = (message: object) => string | null;

const plans = new WeakMap<DescMessage, Plan>();

function planOf(schema: DescMessage): Plan {
  const known = plans.get(schema);
  if (known !== undefined) return known;
  // Known before it is made, for messages that hold themselves.
  plans.set(schema, (message) => planOf(schema)(message));
  const plan = makePlan(schema);
  plans.set(schema, plan);
  return plan;
}

const LEGACY_REQUIRED = 3;

function makePlan(schema: DescMessage): Plan {
  const required = schema.fields.filter(({ presence }) => presence === LEGACY_REQUIRED).map(keyOf);
  const single = schema.fields.filter(({ fieldKind }) => fieldKind === "message");
  const lists = schema.fields.filter((field) => field.fieldKind === "list" && field.listKind === "message");
  const nested = single.map((field) => ({ key: keyOf(field), schema: field.message as DescMessage }));
  const repeated = lists.map((field) => ({ key: keyOf(field), schema: field.message as DescMessage }));
  return (message) => {
    for (const key of required) if (!Object.hasOwn(message, key)) return key;
    const fields = message as Readonly<Record<string, unknown>>;
    for (const { key, schema: below } of nested) {
      const value = fields[key];
      const missing = value === undefined ? null : planOf(below)(value as object);
      if (missing !== null) return `${key}.${missing}`;
    }
    for (const { key, schema: below } of repeated) {
      for (const value of fields[key] as readonly object[]) {
        const missing = planOf(below)(value);
        if (missing !== null) return `${key}[].${missing}`;
      }
    }
    return null;
  };
}

function keyOf({ localName }: { readonly localName: string }): string {
  return localName;
}
