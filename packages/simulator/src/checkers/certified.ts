/** Certified: every point's certificate holds by itself, follows the one before, and lies on both sides as the control device has it. */
import { canonical, type Json } from "@coeval/core/model/canonical";
import { checkCertificate } from "@coeval/core/model/certificate";
import { hash } from "../world/hash.ts";
import type { Checker } from "./checker.ts";

export const certified: Checker = {
  name: "certified",
  afterAll({ points, keys, machines }) {
    return points.flatMap(({ id, run, certificate }, index) => {
      const previous = points[index - 1]?.certificate ?? null;
      const wrong = checkCertificate(certificate, previous, hash, keys).map((what) => `${id}: ${what}`);
      for (const { name, disk } of [machines.east, machines.west]) {
        const file = disk.files.get(`points/${certificate.body.service}/${run}/certificate.json`);
        const same = file && canonical(JSON.parse(new TextDecoder().decode(file)) as Json);
        if (same !== canonical(certificate as unknown as Json))
          wrong.push(`${id}: ${name} does not hold its certificate`);
      }
      return wrong;
    });
  },
};
