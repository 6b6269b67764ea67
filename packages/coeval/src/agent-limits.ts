/** The limits in force: of the data folder's `limits.yaml`, which the first start writes from its flags and nobody of us changes after. */
import type { Limits } from "@coeval/agent/limits";
import { LIMITS_FILE, parseLimits, renderLimits } from "@coeval/cli/limits-file";
import { parseBandwidth } from "@coeval/contract/api/bandwidth";
import { parseDuration } from "@coeval/contract/api/duration";
import { CoevalError } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import { readText, writeText } from "./text-files.ts";

export interface FirstLimits {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/** @throws CoevalError `bad-input` without file and flags: no limit is no default. CliError with file:line:column. */
export async function agentLimits(world: World, first: FirstLimits): Promise<Limits> {
  let text = await readText(world.files, LIMITS_FILE);
  if (text === null) {
    if (first.read.length + first.write.length === 0) {
      throw new CoevalError(
        "bad-input",
        `${LIMITS_FILE} is missing: say at the first start what the agent may do, with --allow-read and --allow-write`,
      );
    }
    text = renderLimits({ read: [...first.read], write: [...first.write] });
    parseLimits(text);
    await writeText(world.files, LIMITS_FILE, text);
  }
  const { read, write, bandwidth, transfers, keep } = parseLimits(text);
  const ageMs = keep?.age === undefined ? null : parseDuration(keep.age);
  const bytesPerSecond = bandwidth === undefined ? null : parseBandwidth(bandwidth);
  return {
    readPrefixes: read,
    writePrefixes: write,
    ...(bytesPerSecond === null ? {} : { bytesPerSecond }),
    ...(transfers === undefined ? {} : { transfersMax: transfers }),
    ...(keep?.points === undefined ? {} : { keepPointsMin: keep.points }),
    ...(ageMs === null ? {} : { keepAgeMsMin: ageMs }),
  };
}
