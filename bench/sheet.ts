// The sheet of one benchmark: a line a contestant, medians with minimum and maximum, coeval's rate against each.
import type { Measured } from "./contestants.ts";
import type { Load } from "./load.ts";

export interface Sample extends Measured {
  readonly contestant: string;
  readonly repeat: number;
  readonly files: number;
  readonly bytes: number;
}

const MIB = 1024 * 1024;

export function sheet(load: Load, dataNodes: string, samples: readonly Sample[]): string {
  const names = [...new Set(samples.map((sample) => sample.contestant))];
  const rate = ({ files, bytes, seconds }: Sample): number =>
    (load.name === "large" ? bytes / MIB : files) / seconds;
  const unit = load.name === "large" ? "MiB/s" : "files/s";
  const ours = median(samples.filter(({ contestant }) => contestant === names[0]).map(rate));
  const rows = names.map((name) => {
    const own = samples.filter((sample) => sample.contestant === name);
    const rates = own.map(rate);
    const mid = median(rates);
    const started = own.flatMap((sample) =>
      sample.secondsWithoutStart ? [rate({ ...sample, seconds: sample.secondsWithoutStart })] : [],
    );
    const part = own[0] && own[0].files < load.files ? ` (on ${own[0].files} files)` : "";
    const cpu =
      typeof own[0]?.cpuSeconds !== "number"
        ? ""
        : `, CPU ${median(own.map((one) => one.cpuSeconds ?? 0)).toFixed(1)} s, peak ${own.at(-1)?.peakRssMib?.toFixed(0)} MiB`;
    const without = started.length > 0 ? `, ${median(started).toFixed(1)} without the JVM's start` : "";
    const ratio = name === names[0] ? "" : `, coeval is ${(ours / mid).toFixed(2)}×`;
    return `  ${name.padEnd(18)} ${mid.toFixed(1)} ${unit} (${Math.min(...rates).toFixed(1)}–${Math.max(...rates).toFixed(1)}, n=${own.length})${part}${without}${ratio}${cpu}`;
  });
  return `${load.name}: ${load.files} files of ${load.bytes} bytes, DataNodes ${dataNodes}; coeval reads everything back and hashes it, DistCp compares block checksums\n${rows.join("\n")}\n`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
