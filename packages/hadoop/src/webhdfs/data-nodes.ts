/** Which servers may be sent file contents: a location in an answer is followed only to a DataNode that the NameNode
 * lists, and nothing of the caller's credentials goes with it (CVE-2020-9492). */
import type { DataNodeInfo } from "../hdfs/cluster-info.ts";
import type { World } from "../world.ts";
import { type Asked, failure } from "./answer.ts";
import { decodeLiveDataNodes, LIVE_NODES_TARGET } from "./cluster-info.ts";
import { authority } from "./endpoint.ts";
import { type Location, parseLocation } from "./location.ts";
import type { NameNode } from "./name-node.ts";
import type { DataNodeRule, WebHdfsOptions } from "./options.ts";

export interface AdmittedLocation extends Location {
  /** The DataNode's transfer address, by which the NameNode can be asked to avoid it; null when not known. */
  readonly transfer: string | null;
}

/** The guard of locations. */
export interface DataNodes {
  /** The location, or a `foreignLocation`. */
  admit(text: string, asked: Asked, cancel?: AbortSignal): Promise<AdmittedLocation>;
}

/** The list is not read more often than this: a cluster that sends to a place it does not list would else cost a
 * request each time. */
export const LIST_AGE_MS_MIN = 1_000;

/** See {@link DataNodes}. */
export function createDataNodes(world: World, options: WebHdfsOptions, nameNode: NameNode): DataNodes {
  const rule: DataNodeRule = options.dataNodes ?? { kind: "listed" };
  let known = knownFrom(rule, options);
  let readMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  // Shared by all who wait for it, so no single one of them can cancel it; the NameNode's silence is bounded.
  const read = async (asked: Asked): Promise<void> => {
    const restMs = readMs + LIST_AGE_MS_MIN - world.clock.elapsedMs();
    if (restMs > 0) await world.clock.sleep(restMs);
    const call = { target: LIVE_NODES_TARGET, operation: asked.operation, path: asked.path };
    const nodes = await nameNode.page(call, decodeLiveDataNodes);
    if (nodes === null) {
      const fix = "name the DataNodes in the client's options";
      throw failure(
        asked,
        "foreignLocation",
        `${nameNode.server} has no /jmx that lists its DataNodes; ${fix}`,
      );
    }
    known = new Map(nodes.flatMap((node) => keysOf(node).map((key) => [key, node.transfer])));
    readMs = world.clock.elapsedMs();
  };

  return {
    async admit(text, asked, cancel) {
      cancel?.throwIfAborted();
      const location = parseLocation(text);
      if (location === null) throw foreign(asked, text);
      const key = keyOf(location);
      if (!known.has(key) && rule.kind === "listed") {
        reading ??= read(asked).finally(() => {
          reading = null;
        });
        await reading;
      }
      const transfer = known.get(key);
      if (transfer === undefined) throw foreign(asked, text);
      return { ...location, transfer };
    },
  };
}

function foreign(asked: Asked, text: string) {
  const shown = JSON.stringify(text.slice(0, SHOWN_CHARACTERS_MAX));
  return failure(
    asked,
    "foreignLocation",
    `${asked.server} sends to ${shown}, which is none of its listed DataNodes`,
  );
}

const SHOWN_CHARACTERS_MAX = 200;

/** Scheme and address of every admitted server, and its transfer address. */
type Known = ReadonlyMap<string, string | null>;

function knownFrom(rule: DataNodeRule, options: WebHdfsOptions): Known {
  switch (rule.kind) {
    case "gateway":
      return new Map([[keyOf(options.nameNode), null]]);
    case "fixed":
      return new Map(
        rule.addresses.flatMap((address) => SCHEMES.map((scheme) => [key(scheme, address), null])),
      );
    case "listed":
      return new Map();
  }
}

const SCHEMES = ["http", "https"];

/** A location names the host that the DataNode registered with; its address serves as well. */
function keysOf(node: DataNodeInfo): string[] {
  const both = (scheme: string, address: string): string[] => {
    const port = address.slice(address.lastIndexOf(":") + 1);
    return [key(scheme, address), key(scheme, `${node.host}:${port}`)];
  };
  return [...both("http", node.http), ...(node.https === null ? [] : both("https", node.https))];
}

function keyOf(location: { readonly host: string; readonly port: number; readonly secure: boolean }): string {
  return key(location.secure ? "https" : "http", authority(location));
}

function key(scheme: string, address: string): string {
  return `${scheme}://${address}`.toLowerCase();
}
