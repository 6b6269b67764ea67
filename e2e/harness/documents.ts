// The documents that tests apply, as YAML text: written by hand here, as a user would.
import type { TestCluster } from "./clusters.ts";

export function clusterYaml(
  name: string,
  cluster: Pick<TestCluster, "nameNodeHttp" | "nameNodeRpc" | "serviceUser">,
  scopes: readonly string[],
  hdfs: readonly string[] = [...endpoint(cluster), `user: ${cluster.serviceUser}`],
): string {
  return `apiVersion: coeval/v1
kind: Cluster
metadata:
  name: ${name}
spec:
  hdfs:
${hdfs.map((line) => `    ${line}`).join("\n")}
  scopes: [${scopes.map((scope) => JSON.stringify(scope)).join(", ")}]
`;
}

/** Hadoop's own protocols; by `COEVAL_TEST_SCHEME=webhdfs` whole stories run over HTTP. */
function endpoint({
  nameNodeHttp,
  nameNodeRpc,
}: Pick<TestCluster, "nameNodeHttp" | "nameNodeRpc">): string[] {
  const web = `webhdfs://${nameNodeHttp}`;
  if (process.env["COEVAL_TEST_SCHEME"] === "webhdfs") return [`url: ${web}`];
  return [`url: hdfs://${nameNodeRpc.replace(/^hdfs:\/\//, "")}`, `web: ${web}`];
}

export interface ServiceWords {
  readonly name: string;
  readonly dataSets: readonly string[];
  /** The holding directory. */
  readonly target: string;
  readonly primary?: string;
  readonly secondary?: string;
  readonly source?: string;
  readonly direction?: "push" | "pull";
  /** Lines of YAML, as `every: 5s`; default none: only by hand. */
  readonly moments?: readonly string[];
  readonly rpo?: string;
  readonly window?: string;
  readonly beyond?: "refuse" | "mark";
  readonly openFiles?: "refuse" | "mark";
  /** Names of data sets by their paths; default: of the path's last name. */
  readonly names?: Readonly<Record<string, string>>;
  /** Of the data sets that are patterns. */
  readonly onUncovered?: "refuse" | "mark";
  /** Further lines of the policy, as `bandwidth: 8MB/s`. */
  readonly policy?: readonly string[];
}

export function serviceYaml(words: ServiceWords): string {
  const moments = words.moments ?? [];
  const lines = [
    ...(moments.length === 0 ? [] : ["    moments:\n", ...moments.map((rule) => `      - ${rule}\n`)]),
    ...(words.policy ?? []).map((line) => `    ${line}\n`),
    ...(words.rpo === undefined ? [] : [`    objective: { rpo: ${words.rpo} }\n`]),
  ].join("");
  const source = words.source === undefined ? "" : `    source: ${JSON.stringify(words.source)}\n`;
  return `apiVersion: coeval/v1
kind: Service
metadata:
  name: ${words.name}
spec:
  primary: ${words.primary ?? "east"}
  secondary: ${words.secondary ?? "west"}
  dataSets:
${words.dataSets.map((path) => setYaml(path, words)).join("")}  mapping:
${source}    target: ${JSON.stringify(words.target)}
  policy:
    direction: ${words.direction ?? "push"}
    tolerance:
      window: ${words.window ?? "5s"}
      beyond: ${words.beyond ?? "refuse"}
      openFiles: ${words.openFiles ?? "refuse"}
${lines}`;
}

function setYaml(path: string, { onUncovered, names }: ServiceWords): string {
  const name = names?.[path];
  const pattern =
    path.includes("*") && onUncovered !== undefined ? `      onUncovered: ${onUncovered}\n` : "";
  return `    - hdfs: ${JSON.stringify(path)}\n${pattern}${name === undefined ? "" : `      name: ${name}\n`}`;
}
