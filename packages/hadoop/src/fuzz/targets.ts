/** Every decoder of this package that reads what a server says. */
import type { FuzzTarget } from "./fuzz.ts";
import { nameNodeTargets } from "./name-node-targets.ts";
import { rpcTargets } from "./rpc-targets.ts";
import { saslTargets } from "./sasl-targets.ts";
import { transferTargets } from "./transfer-targets.ts";
import { webTargets } from "./web-targets.ts";

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  ...rpcTargets(),
  ...saslTargets(),
  ...transferTargets(),
  ...nameNodeTargets(),
  ...webTargets(),
];
