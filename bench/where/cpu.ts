// CPU seconds of all processes of this benchmark: the clusters' daemons by their Java class, ours by their words.
import { readdirSync, readFileSync } from "node:fs";

/** Of `/proc/PID/stat`: clock ticks a second on Linux. */
const TICKS_PER_S = 100;

export function cpuOf(): Map<string, number> {
  const spent = new Map<string, number>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const read = (file: string): string => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, "utf8");
      } catch {
        // It ended meanwhile.
        return "";
      }
    };
    const name = nameOf(read("cmdline").split("\0"));
    const stat = read("stat");
    if (name === null || stat === "") continue;
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    spent.set(`${name} (${pid})`, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S);
  }
  return spent;
}

function nameOf(words: readonly string[]): string | null {
  const java = words.find((word) => /^org\.apache\.hadoop\..+\.(NameNode|DataNode)$/.test(word));
  if (java !== undefined) return java.split(".").at(-1) ?? null;
  const role = words.find((word) => word === "agent" || word === "control");
  return words.some((word) => word.endsWith("/coeval/src/cli.ts")) && role !== undefined ? role : null;
}
