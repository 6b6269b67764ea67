// A run's log as `run logs` shows it.
import type { World } from "./world.ts";

export interface LogLine {
  readonly at: string;
  readonly text: string;
}

export async function runLog(world: World, run: string): Promise<readonly LogLine[]> {
  return (await world.ask<{ items: LogLine[] }>(["run", "logs", run])).items;
}

/** When the run entered a phase, ms since the epoch; null when its log does not say so. */
export function enteredMs(lines: readonly LogLine[], phase: string): number | null {
  const line = lines.find(({ text }) => text === `entered ${phase}`);
  return line === undefined ? null : Date.parse(line.at);
}
