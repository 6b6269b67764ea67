/** Sizes, quotas, rights and well-known places over WebHDFS. Source: WebHDFS REST API; NamenodeWebHdfsMethods. */
import type { HdfsUsage } from "../hdfs/client.ts";
import { decodeContentSummary, decodeQuotaUsage } from "./content-codec.ts";
import { Fields } from "./decode.ts";
import type { NameNode } from "./name-node.ts";

/** The usage part of the client. */
export function createUsage(nameNode: NameNode): HdfsUsage {
  return {
    getContentSummary: (path, cancel) =>
      nameNode.ask({ method: "GET", op: "GETCONTENTSUMMARY", path, cancel }, decodeContentSummary),

    getQuotaUsage: (path, cancel) =>
      nameNode.ask({ method: "GET", op: "GETQUOTAUSAGE", path, cancel }, decodeQuotaUsage),

    async setQuota(path, quota, cancel) {
      const query = {
        namespacequota: quota.names ?? NO_LIMIT,
        storagespacequota: quota.spaceBytes ?? NO_LIMIT,
      };
      await nameNode.tell({ method: "PUT", op: "SETQUOTA", path, query, repeatable: true, cancel });
    },

    checkAccess: (path, action, cancel) =>
      nameNode.tell({ method: "GET", op: "CHECKACCESS", path, query: { fsaction: action }, cancel }),

    getHomeDirectory: (cancel) =>
      nameNode.ask({ method: "GET", op: "GETHOMEDIRECTORY", path: "/", cancel }, decodePath),

    getTrashRoot: (path, cancel) =>
      nameNode.ask({ method: "GET", op: "GETTRASHROOT", path, cancel }, decodePath),
  };
}

/** HdfsConstants.QUOTA_RESET. */
const NO_LIMIT = -1;

function decodePath(json: unknown): string {
  return new Fields(json, "answer").text("Path");
}
