/** Points that another agent made, kept here too, so that this one can go on from them: they come in pages, and count only whole. */
import { CoevalError, toFailure } from "@coeval/core/errors";
import { certificateSha256 } from "@coeval/core/model/certificate";
import type { Entry } from "@coeval/core/model/entry";
import { type ManifestTally, tallyManifest } from "@coeval/core/model/manifest";
import type { FileWriter } from "@coeval/core/ports/files";
import type { World } from "@coeval/core/ports/world";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import { isEnded } from "@coeval/store/agent/runs";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import { readCertificate, storeCertificate } from "./certificates.ts";
import { pointFile } from "./folders.ts";
import { forgetOlder } from "./older-points.ts";

type Keep = Extract<FromControl, { say: "keep-point" }>;
type Holds = Extract<FromControl, { say: "holds-point" }>;

/** Never rejects: a failure is an answer too. */
export interface Keeping {
  holds(asked: Holds): Promise<FromAgent>;
  keep(page: Keep): Promise<FromAgent>;
}

/** The one manifest that comes in. */
interface Coming {
  readonly path: string;
  readonly file: FileWriter;
  readonly tally: ManifestTally;
  entries: number;
}

export function createKeeping(world: World, db: AgentDatabase): Keeping {
  let coming: Coming | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function drop(): Promise<void> {
    const was = coming;
    coming = null;
    await was?.file.abort();
  }

  async function take({ service, run, role, before, entries, end }: Keep): Promise<void> {
    const path = pointFile(service, run, "manifest");
    if (before === 0) {
      await drop();
      coming = { path, file: await world.files.create(path), tally: tallyManifest(world.hash), entries: 0 };
    }
    if (coming?.path !== path || coming.entries !== before)
      throw new CoevalError("protocol", `${before} entries of the manifest of ${run} did not come before`);
    const { file, tally } = coming;
    const lines = entries.map((entry) => tally.line(entry as Entry)).join("");
    await file.write(new TextEncoder().encode(lines));
    coming.entries += entries.length;
    if (!end) return;
    const { sha256 } = tally.summary();
    if (sha256 !== end.manifestSha256)
      throw new CoevalError("corrupt", `the manifest of ${run} came as ${sha256}, not ${end.manifestSha256}`);
    if (!end.certificate && (await isEnded(db, run)))
      throw new CoevalError("released", `the run ${run} is over, and no point came of it`);
    // The manifest is what is looked for, so it comes last.
    if (end.certificate) await storeCertificate(world, service, run, end.certificate);
    await file.commit();
    coming = null;
    // A source goes on from its newest point alone; a target keeps what it shows of every one.
    if (role === "primary") await forgetOlder(world, service, run);
  }

  return {
    async holds({ number, service, run, certificateSha256: wanted }) {
      try {
        const size = await world.files.size(pointFile(service, run, "manifest"));
        const own = wanted === null ? null : await readCertificate(world, service, run);
        const same = wanted === null || (own !== null && certificateSha256(world.hash, own) === wanted);
        return { say: "held", number, held: size !== null && same, failure: null };
      } catch (thrown) {
        return { say: "held", number, held: false, failure: toFailure(thrown) };
      }
    },
    keep(page) {
      const { number } = page;
      const mine = last.then(async (): Promise<FromAgent> => {
        try {
          await take(page);
          return { say: "kept", number, failure: null };
        } catch (thrown) {
          await drop();
          return { say: "kept", number, failure: toFailure(thrown) };
        }
      });
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
