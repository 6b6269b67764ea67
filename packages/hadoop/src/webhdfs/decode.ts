/** Reads fields out of parsed JSON, trusting nothing: a field that is absent or of another kind throws a
 * {@link MalformedAnswer} that names it. */

/** An answer that is not what its operation answers with. */
export class MalformedAnswer extends Error {
  override readonly name = "MalformedAnswer";
}

/** A JSON object and the words for where it stood. */
export class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new MalformedAnswer(`${where} is ${kind(value)}, not an object`);
    }
    this.#fields = value as Readonly<Record<string, unknown>>;
    this.#where = where;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined && this.value(name) !== null;
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  object(name: string): Fields {
    return new Fields(this.value(name), this.#at(name));
  }

  objects(name: string): Fields[] {
    return this.#list(name).map((item, index) => new Fields(item, `${this.#at(name)}[${index}]`));
  }

  texts(name: string): string[] {
    return this.#list(name).map((item, index) => checkedText(item, `${this.#at(name)}[${index}]`));
  }

  text(name: string): string {
    return checkedText(this.value(name), this.#at(name));
  }

  /** Null when absent or null. */
  textOrNull(name: string): string | null {
    return this.has(name) ? this.text(name) : null;
  }

  /** A whole number that a double holds exactly. */
  whole(name: string): number {
    const value = this.value(name);
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    throw this.#wrong(name, "a whole number");
  }

  wholeOr(name: string, absent: number): number {
    return this.has(name) ? this.whole(name) : absent;
  }

  /** A whole number, 0 or more. */
  count(name: string): number {
    const value = this.whole(name);
    if (value < 0) throw this.#wrong(name, "0 or more");
    return value;
  }

  /** A limit as Hadoop writes it: -1 or Java's greatest long mean that there is none. */
  limit(name: string): number | null {
    const value = this.value(name);
    if (typeof value !== "number" || !Number.isInteger(value)) throw this.#wrong(name, "a whole number");
    return value < 0 || !Number.isSafeInteger(value) ? null : value;
  }

  /** A whole number of any size as decimal text; see parseExact. */
  digits(name: string): string {
    const value = this.value(name);
    if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value)))
      return String(value);
    throw this.#wrong(name, "a whole number");
  }

  flag(name: string): boolean {
    const value = this.value(name);
    if (typeof value === "boolean") return value;
    throw this.#wrong(name, "true or false");
  }

  /** False when absent. */
  flagOrFalse(name: string): boolean {
    return this.has(name) && this.flag(name);
  }

  #list(name: string): readonly unknown[] {
    const value = this.value(name);
    if (Array.isArray(value)) return value;
    throw this.#wrong(name, "a list");
  }

  #at(name: string): string {
    return `${this.#where}.${name}`;
  }

  #wrong(name: string, expected: string): MalformedAnswer {
    return new MalformedAnswer(`${this.#at(name)} is ${kind(this.value(name))}, not ${expected}`);
  }
}

function checkedText(value: unknown, where: string): string {
  if (typeof value !== "string") throw new MalformedAnswer(`${where} is ${kind(value)}, not a text`);
  if (!value.isWellFormed())
    throw new MalformedAnswer(`${where} holds half a surrogate pair: no name can be read from it`);
  return value;
}

const SHOWN_CHARACTERS_MAX = 40;

function kind(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = typeof value === "string" ? value : `${value as number | boolean | bigint}`;
  return text.length > SHOWN_CHARACTERS_MAX
    ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…`
    : JSON.stringify(text);
}

/** UTF-8 to text; throws on bytes that are none. */
export function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new MalformedAnswer("the answer is not UTF-8", { cause });
  }
}

/** JSON text to a value; throws a MalformedAnswer. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedAnswer("the answer is not JSON", { cause });
  }
}

/** As `parse`, but whole numbers that a double does not hold become bigints. Several times slower. */
export function parseExact(text: string): unknown {
  const exact = (_: string, value: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? "";
    return /^-?\d{1,25}$/.test(source) ? BigInt(source) : value;
  };
  try {
    return JSON.parse(text, exact);
  } catch (cause) {
    throw new MalformedAnswer("the answer is not JSON", { cause });
  }
}

/** `{"boolean": …}`, the whole answer of many operations. */
export function decodeBoolean(json: unknown): boolean {
  return new Fields(json, "answer").flag("boolean");
}
