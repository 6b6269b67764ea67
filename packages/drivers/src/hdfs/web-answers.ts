/** What the web addresses of several NameNodes tell: the first that answers is believed, the active one before all others. */
import { isHdfsError } from "@coeval/hadoop/errors";
import type { HdfsCluster } from "@coeval/hadoop/hdfs/client";
import type { ClusterInfo } from "@coeval/hadoop/hdfs/cluster-info";

/** The part of a client that is asked there. */
export type WebAnswers = Pick<HdfsCluster, "getConfiguration" | "getClusterInfo">;

/** Of `clients`, at least one. Fails as the last one did, when none answers. */
export function firstAnswering(clients: readonly [WebAnswers, ...WebAnswers[]]): WebAnswers {
  return {
    getConfiguration: (key, cancel) => first(clients, (client) => client.getConfiguration(key, cancel)),
    async getClusterInfo(cancel) {
      let standing: ClusterInfo | null = null;
      const active = await first(clients, async (client) => {
        const info = await client.getClusterInfo(cancel);
        if (info.haState === "active" || clients.length === 1) return info;
        standing ??= info;
        return null;
      });
      return active ?? standing ?? (await clients[0].getClusterInfo(cancel));
    },
  };
}

/** The first answer that is none of null; null when all that answer say so. */
async function first<T>(clients: readonly WebAnswers[], ask: (client: WebAnswers) => Promise<T>): Promise<T> {
  let last: { readonly answer: T } | null = null;
  let failure: unknown = null;
  for (const client of clients) {
    try {
      const answer = await ask(client);
      if (answer !== null) return answer;
      last = { answer };
    } catch (thrown) {
      if (!isHdfsError(thrown, "unreachable", "connectionLost", "timeout")) throw thrown;
      failure = thrown;
    }
  }
  if (last !== null) return last.answer;
  throw failure;
}
