/** Hadoop's `core-site.xml` and `hdfs-site.xml`: properties by name, and where they say the NameNodes are.
 * Source: org.apache.hadoop.conf.Configuration, hdfs-default.xml. */
import { XMLParser } from "fast-xml-parser";
import { type Endpoint, parseEndpoint } from "./webhdfs/endpoint.ts";

/** Property values by name, variables expanded. */
export type Site = ReadonlyMap<string, string>;

/** Longest file that is read, in characters; real ones have some 50,000. */
export const SITE_CHARACTERS_MAX = 4 * 1024 * 1024;
/** All values together, when their variables are expanded: a short file can name a long value many times. */
export const EXPANDED_CHARACTERS_MAX = 4 * SITE_CHARACTERS_MAX;
/** As Configuration.MAX_SUBST: a variable inside a variable, and so on. */
export const EXPANSIONS_MAX = 20;

/** Reads site files, each text with the name to show in errors; a later file wins over an earlier one, but not over a
 * property it marks `final`. Throws a TypeError that names file and fault. */
export function parseSite(files: readonly { readonly name: string; readonly text: string }[]): Site {
  const values = new Map<string, string>();
  const final = new Set<string>();
  for (const { name, text } of files) {
    for (const property of propertiesOf(name, text)) {
      if (final.has(property.name)) continue;
      values.set(property.name, property.value);
      if (property.final) final.add(property.name);
    }
  }
  let roomCharacters = EXPANDED_CHARACTERS_MAX;
  const expanded = [...values].map(([name, value]): [string, string] => {
    const text = expand(name, value, values, roomCharacters);
    roomCharacters -= text.length;
    return [name, text];
  });
  return new Map(expanded);
}

interface Property {
  readonly name: string;
  readonly value: string;
  readonly final: boolean;
}

function propertiesOf(file: string, text: string): Property[] {
  if (text.length > SITE_CHARACTERS_MAX)
    throw new TypeError(`${file}: more than ${SITE_CHARACTERS_MAX} characters`);
  // No entity of a document's own is ever expanded: a file could grow without bound or read other files.
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    throw new TypeError(`${file}: a document type declaration is not read`);
  if (/<(\w+:)?include\b/.test(text))
    throw new TypeError(`${file}: xi:include is not followed; give the file itself`);
  const configuration = parseXml(file, text)["configuration"];
  if (configuration === undefined) throw new TypeError(`${file}: has no <configuration>`);
  if (!isFields(configuration)) return [];
  const properties = configuration["property"] ?? [];
  return (Array.isArray(properties) ? properties : [properties]).map((each: unknown) => {
    const fields = isFields(each) ? each : {};
    const name = textOf(fields["name"]).trim();
    if (name === "") throw new TypeError(`${file}: a <property> has no <name>`);
    return { name, value: textOf(fields["value"]), final: textOf(fields["final"]).trim() === "true" };
  });
}

function parseXml(file: string, text: string): Readonly<Record<string, unknown>> {
  const parser = new XMLParser({ processEntities: false, parseTagValue: false, trimValues: false });
  try {
    return parser.parse(text, true) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new TypeError(`${file}: ${cause instanceof Error ? cause.message : "no XML"}`, { cause });
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? unescapeXml(value) : "";
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** XML's five entities and numbers; one pass, so that nothing is unescaped twice. */
function unescapeXml(text: string): string {
  return text.replace(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g,
    (whole, name, decimal, hex) => {
      if (name !== undefined) return NAMED[name as string] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** `${name}` by another property; unknown ones (Java's own, `${env.X}`) stay as they are. Nothing longer than the room
 * that is left is ever put together. */
function expand(
  property: string,
  value: string,
  values: ReadonlyMap<string, string>,
  roomCharacters: number,
): string {
  let text = value;
  for (let round = 0; round < EXPANSIONS_MAX; round++) {
    let length = text.length;
    const next = text.replace(/\$\{([^${}\s]+)\}/g, (whole, name: string) => {
      const by = values.get(name) ?? whole;
      length += by.length - whole.length;
      if (length > roomCharacters) throw endless(property, value);
      return by;
    });
    if (next === text) return text;
    text = next;
  }
  throw endless(property, value);
}

const SHOWN_CHARACTERS_MAX = 100;

function endless(property: string, value: string): TypeError {
  const shown = value.slice(0, SHOWN_CHARACTERS_MAX);
  return new TypeError(`${property}: the value "${shown}" expands without end`);
}

/** A NameNode's web address as the files name it. */
export interface NameNodeAddress {
  /** Null where no nameservices are defined. */
  readonly nameservice: string | null;
  /** Null where the nameservice has one NameNode. */
  readonly nameNodeId: string | null;
  readonly endpoint: Endpoint;
}

const HTTP_PORT = 9870;
const HTTPS_PORT = 9871;

/** Every NameNode's web address; https where `dfs.http.policy` is HTTPS_ONLY. */
export function nameNodeAddresses(site: Site): NameNodeAddress[] {
  const secure = site.get("dfs.http.policy") === "HTTPS_ONLY";
  const key = secure ? "dfs.namenode.https-address" : "dfs.namenode.http-address";
  return suffixes(site).map(({ nameservice, nameNodeId }) => {
    const suffix = [nameservice, nameNodeId].filter((part) => part !== null).map((part) => `.${part}`);
    const text = site.get(key + suffix.join("")) ?? site.get(key) ?? besideRpc(site, suffix.join(""), secure);
    return { nameservice, nameNodeId, endpoint: { ...parseEndpoint(text.trim()), secure } };
  });
}

/** A namespace as the files name it. */
export interface Nameservice {
  /** Null where no nameservices are defined. */
  readonly nameservice: string | null;
  /** `dfs.ha.namenodes.NAMESERVICE`; none where it has one NameNode. */
  readonly nameNodeIds: readonly string[];
}

/** Every namespace; one without a name where none is named. */
export function nameservices(site: Site): Nameservice[] {
  const defined = names(site.get("dfs.nameservices"));
  if (defined.length === 0) return [{ nameservice: null, nameNodeIds: [] }];
  return defined.map((nameservice) => ({
    nameservice,
    nameNodeIds: names(site.get(`dfs.ha.namenodes.${nameservice}`)),
  }));
}

function suffixes(site: Site): Omit<NameNodeAddress, "endpoint">[] {
  return nameservices(site).flatMap(({ nameservice, nameNodeIds }): Omit<NameNodeAddress, "endpoint">[] => {
    if (nameNodeIds.length === 0) return [{ nameservice, nameNodeId: null }];
    return nameNodeIds.map((nameNodeId) => ({ nameservice, nameNodeId }));
  });
}

/** Hadoop's default: the default port on the host of the NameNode's RPC address. */
function besideRpc(site: Site, suffix: string, secure: boolean): string {
  const rpc =
    site.get(`dfs.namenode.rpc-address${suffix}`) ?? site.get("fs.defaultFS") ?? site.get("fs.default.name");
  const host = /^(?:hdfs:\/\/)?(\[[^\]]+\]|[^/:]+)/.exec(rpc?.trim() ?? "")?.[1];
  if (host === undefined)
    throw new TypeError("neither dfs.namenode.http-address nor fs.defaultFS names the NameNode");
  return `${host}:${secure ? HTTPS_PORT : HTTP_PORT}`;
}

function names(list: string | undefined): string[] {
  return (list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
