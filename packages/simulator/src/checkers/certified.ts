/** Certified: every point's certificate holds by itself, follows the one before, and lies on both sides as the control device has it. */
import { canonical, type Json } from "@coeval/core/model/canonical";
import { checkCertificate } from "@coeval/core/model/certificate";
import { machinesOf } from "../acting.ts";
import { hash } from "../world/hash.ts";
import type { Checker } from "./checker.ts";

export const certified: Checker = {
  name: "certified",
  afterAll({ points, keys, machines }) {
    return points.flatMap(({ id, run, certificate }, index) => {
      const previous = points[index - 1]?.certificate ?? null;
      const wrong = checkCertificate(certificate, previous, hash, keys).map((what) => `${id}: ${what}`);
      for (const cluster of ["east", "west"] as const) {
        const path = `points/${certificate.body.service}/${run}/certificate.json`;
        const kept = machinesOf({ machines }, cluster).map(({ disk }) => disk.files.get(path));
        const own = canonical(certificate as unknown as Json);
        if (
          !kept.some((file) => file && canonical(JSON.parse(new TextDecoder().decode(file)) as Json) === own)
        )
          wrong.push(`${id}: no agent of ${cluster} holds its certificate`);
      }
      return wrong;
    });
  },
};
