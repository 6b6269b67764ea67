/** What every process of ours is handed at its start; nothing ambient is used besides. */
import type { Clock } from "./clock.ts";
import type { Files } from "./files.ts";
import type { Hash, SignatureCheck } from "./hash.ts";
import type { Log } from "./log.ts";
import type { Random } from "./random.ts";

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly signatures: SignatureCheck;
  readonly files: Files;
  readonly log: Log;
}
