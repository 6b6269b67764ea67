// Memory and open files of this process while something runs: they must not grow from its first third to its last.
import { readdirSync } from "node:fs";

const SAMPLE_MS = 2_000;
/** A minute in which code is compiled and heaps find their size. */
const WARM_SAMPLES = 30;
/** Of less nothing can be said. */
const THIRD_SAMPLES_MIN = 20;
const SPARE_MIB = 24;
const FDS_SPARE = 8;

export interface UsageOverTime {
  /** Ends the sampling; throws when there was growth, else tells the figures. */
  end(): string;
}

export function watchUsage(): UsageOverTime {
  const samples: { readonly rssMib: number; readonly fds: number }[] = [];
  const timer = setInterval(() => {
    samples.push({ rssMib: process.memoryUsage.rss() / 2 ** 20, fds: readdirSync("/proc/self/fd").length });
  }, SAMPLE_MS);
  // A story that fails does not end it.
  timer.unref();
  return {
    end() {
      clearInterval(timer);
      const warm = samples.slice(WARM_SAMPLES);
      const third = Math.floor(warm.length / 3);
      if (third < THIRD_SAMPLES_MIN) return `too short a time to say whether memory grows`;
      const [first, last] = [warm.slice(0, third), warm.slice(-third)];
      const rss = [
        median(first.map(({ rssMib }) => rssMib)),
        median(last.map(({ rssMib }) => rssMib)),
      ] as const;
      const fds = [median(first.map((each) => each.fds)), median(last.map((each) => each.fds))] as const;
      const peak = Math.max(...samples.map(({ rssMib }) => rssMib));
      const told = `RSS ${rss[0].toFixed(0)} then ${rss[1].toFixed(0)} MiB (most ${peak.toFixed(0)}), open files ${fds[0]} then ${fds[1]}, ${samples.length} samples`;
      if (rss[1] > rss[0] + SPARE_MIB) throw new Error(`memory grows: ${told}`);
      if (fds[1] > fds[0] + FDS_SPARE) throw new Error(`open files grow: ${told}`);
      return told;
    },
  };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
