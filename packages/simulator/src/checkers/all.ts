/** Every checker, asked in every simulation, whatever the scenario. */
import { atMostOnce } from "./at-most-once.ts";
import { audited } from "./audited.ts";
import { beyondAgentLimits } from "./beyond-agent-limits.ts";
import { certified } from "./certified.ts";
import type { Checker } from "./checker.ts";
import { moments } from "./moments.ts";
import { noOrphans } from "./no-orphans.ts";
import { oneActing } from "./one-acting.ts";
import { oneMoment } from "./one-moment.ts";
import { recoverable } from "./recoverable.ts";
import { rpoHonest } from "./rpo-honest.ts";
import { runEnds } from "./run-ends.ts";
import { sourceUntouched } from "./source-untouched.ts";
import { toldOnce } from "./told-once.ts";
import { trustedPeers } from "./trusted-peers.ts";
import { undisturbed } from "./undisturbed.ts";
import { wholePoint } from "./whole-point.ts";

export const checkers: readonly Checker[] = [
  oneMoment,
  oneActing,
  wholePoint,
  recoverable,
  certified,
  atMostOnce,
  noOrphans,
  sourceUntouched,
  beyondAgentLimits,
  trustedPeers,
  runEnds,
  moments,
  rpoHonest,
  undisturbed,
  audited,
  toldOnce,
];
