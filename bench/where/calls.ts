// How often each of a NameNode's calls was made, as its own counters tell.
import type { TestCluster } from "../../e2e/harness/clusters.ts";

export async function callsOf({
  nameNodeHttp,
}: Pick<TestCluster, "nameNodeHttp">): Promise<Map<string, number>> {
  const query = "Hadoop:service=NameNode,name=RpcDetailedActivityForPort*";
  const answer = await fetch(`http://${nameNodeHttp}/jmx?qry=${encodeURIComponent(query)}`);
  const { beans } = (await answer.json()) as { beans: readonly Record<string, unknown>[] };
  const calls = new Map<string, number>();
  for (const bean of beans) {
    for (const [name, value] of Object.entries(bean)) {
      const call = /^(.+)NumOps$/.exec(name)?.[1];
      if (call !== undefined && typeof value === "number") calls.set(call, (calls.get(call) ?? 0) + value);
    }
  }
  return calls;
}

/** What was added, where anything was. */
export function since(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): [string, number][] {
  return [...after]
    .map(([name, now]): [string, number] => [name, now - (before.get(name) ?? 0)])
    .filter(([, more]) => more > 0);
}
