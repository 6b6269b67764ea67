/** One exchange with a DataNode: the NameNode says where, the place is checked, and a DataNode that cannot be reached
 * is avoided in the next attempt. */
import { HdfsError } from "../errors.ts";
import type { Body } from "../hdfs/client.ts";
import type { HttpRequest, HttpResponse, World } from "../world.ts";
import { type Asked, throwUnlessGood } from "./answer.ts";
import type { AdmittedLocation, DataNodes } from "./data-nodes.ts";
import { authority } from "./endpoint.ts";
import { type Call, type NameNode, repeated, translating } from "./name-node.ts";
import { SILENCE_MS_MAX_DEFAULT, type WebHdfsOptions } from "./options.ts";

export interface DataNode {
  /**
   * Sends `call` to the DataNode that the NameNode chooses and resolves with its good response.
   *
   * Repeated while no DataNode could be connected to; with `repeatable` also when a connection broke before the
   * response's head. A body is not pulled before there is a connection, so it is never sent twice.
   */
  exchange(call: Call, body: Body | undefined, repeatable: boolean): Promise<DataNodeResponse>;
}

/** A good response and what it answers. */
export interface DataNodeResponse {
  readonly response: HttpResponse;
  readonly asked: Asked;
}

/** See {@link DataNode}. */
export function createDataNode(
  world: World,
  options: WebHdfsOptions,
  nameNode: NameNode,
  dataNodes: DataNodes,
): DataNode {
  const send = async (location: AdmittedLocation, call: Call, body: Body | undefined, asked: Asked) =>
    translating(asked, async () => {
      const request: HttpRequest = {
        method: call.method,
        secure: location.secure,
        host: location.host,
        port: location.port,
        path: location.target,
        headers: body === undefined ? {} : { "content-type": "application/octet-stream" },
        body,
        silenceMsMax: options.silenceMsMax ?? SILENCE_MS_MAX_DEFAULT,
        cancel: call.cancel,
      };
      const response = await world.http.request(request);
      await throwUnlessGood(response, asked);
      return { response, asked };
    });

  return {
    exchange(call, body, repeatable) {
      const avoided = new Set<string>();
      let unreached: unknown;
      return repeated(world, repeatable, call.cancel, async () => {
        const asked = {
          operation: call.op,
          path: call.path,
          changes: call.method !== "GET",
          server: nameNode.server,
        };
        const query = {
          ...call.query,
          excludedatanodes: avoided.size === 0 ? undefined : [...avoided].join(","),
        };
        const found = await nameNode.locate({ ...call, query }).catch((error: unknown) => {
          // No DataNode is left: what kept us from the others says more.
          throw avoided.size > 0 && error instanceof HdfsError ? unreached : error;
        });
        const location = await dataNodes.admit(found, asked, call.cancel);
        try {
          return await send(location, call, body, { ...asked, server: authority(location) });
        } catch (error) {
          if (location.transfer !== null) avoided.add(location.transfer);
          unreached = error;
          throw error;
        }
      });
    },
  };
}
