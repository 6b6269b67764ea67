// Many agents in one process, each beside a cluster in memory: real agents, real links, no Hadoop. Run as
// `node agents.ts DIR FIRST COUNT SERVICES FILES`; each cluster's folder holds its token. Says `up` when all are linked.
import { join } from "node:path";
import { startAgent } from "@coeval/coeval/agent";
import { createMemoryCluster } from "@coeval/drivers/memory/cluster";
import { readFileSync } from "node:fs";

const [dir = "", names = "", services = "0", files = "0"] = process.argv.slice(2);
const FILE_BYTES = 512;

await Promise.all(
  names.split(",").map(async (name) => {
    const data = join(dir, name);
    await startAgent({
      data,
      token: readFileSync(join(dir, `${name}.token`), "utf8").trim(),
      listen: "127.0.0.1:0",
      firstLimits: { read: ["/"], write: ["/"] },
      logFile: join(dir, `${name}.log`),
      drivers(world) {
        const cluster = createMemoryCluster(world, { name });
        const workload = cluster.workload();
        workload.makeDirectory("/backup");
        for (let service = 0; service < Number(services); service++) {
          const path = `/data/storm-${service}`;
          for (let file = 0; file < Number(files); file++)
            workload.write(`${path}/file-${file}`, Buffer.alloc(FILE_BYTES, `${path} ${file}`));
          workload.allowSnapshot(path);
        }
        return { source: cluster.source, target: cluster.target };
      },
    });
  }),
);
process.stdout.write("up\n");
