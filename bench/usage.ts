// CPU seconds and peak memory of running processes, as Linux counts them.
import { readFileSync } from "node:fs";
import type { ProductProcess } from "../e2e/harness/daemon.ts";

/** Of `/proc/PID/stat`: clock ticks a second on Linux. */
const TICKS_PER_S = 100;

export interface Usage {
  readonly cpuSeconds: number;
  /** The largest of them. */
  readonly peakRssMib: number;
}

export function usageOf(processes: readonly ProductProcess[]): Usage {
  let ticks = 0;
  let peakKib = 0;
  for (const { process: running } of processes) {
    if (running === null) continue;
    const stat = readFileSync(`/proc/${running.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
    const status = readFileSync(`/proc/${running.pid}/status`, "utf8");
    peakKib = Math.max(peakKib, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }
  return { cpuSeconds: ticks / TICKS_PER_S, peakRssMib: peakKib / 1024 };
}
