/** Fetches what the real clusters need, for scripts/setup.sh; starting a cluster would do the same. */
import { hdfsClassPath } from "./class-path.ts";

await hdfsClassPath((line) => process.stderr.write(`testbed: ${line}\n`));
