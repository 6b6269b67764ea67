/** The report of `coeval certificate check`. */
import type { CertificateReport } from "@coeval/cli/context";

export async function reportCertificates(path: string, authority: string | null): Promise<CertificateReport> {
  const { checkCertificates } = await import("./certificate-check.ts");
  const checked = await checkCertificates(path, authority);
  const wrong = checked.length === 0 ? [`${path}: no certificate.json in it, nor in the folders below`] : [];
  return {
    ok: wrong.length === 0 && checked.every((one) => one.wrong.length === 0),
    wrong,
    certificates: checked.map(({ path: file, certificate, wrong: own }) => ({
      file,
      point: certificate?.body.point ?? "?",
      service: certificate?.body.service ?? "?",
      moment: certificate?.body.moment ?? "?",
      grade: certificate?.body.grade.kind ?? "?",
      wrong: own,
    })),
  };
}
