/** What the first run of a service takes, in words. */
import type { EstimateResource } from "@coeval/contract/api/estimate";
import { bytes, count, duration } from "./figures.ts";
import type { Output } from "./io.ts";

export function tellEstimate(output: Output, estimate: EstimateResource | null): void {
  if (estimate === null) return;
  const { sets, copies, freeBytes, rate } = estimate;
  for (const { set, files, directories, bytes: content } of sets) {
    const held = copies.sets.includes(set) ? "" : "; the last point holds it already";
    output.write(
      `  · size  ${set}: ${count(files)} files, ${count(directories)} directories, ${bytes(content)}${held}\n`,
    );
  }
  if (copies.sets.length === 0) {
    output.write("  · next run  copies only what has changed since the last point\n");
    return;
  }
  const free = freeBytes === null ? "unknown" : bytes(freeBytes);
  const from = rate.from === "assumed" ? "assumed" : `measured over the last ${rate.runs} run(s) of the pair`;
  const pace = `${rate.filesPerSecond.toFixed(0)} small files a second or ${bytes(rate.bytesPerSecond)}/s, ${from}`;
  output.write(
    `  · space  ${bytes(copies.neededBytes)} needed on the secondary, replicas counted; ${free} free\n` +
      `  · first run  ${count(copies.files)} files, ${bytes(copies.bytes)}: about ${duration(copies.durationMs)} (${pace})\n`,
  );
}
