/** `coeval certificate check`: proves certificates and their manifests with nothing but the files themselves, and the authority's fingerprint if given. */
import { certificateSchema } from "@coeval/contract/wire/certificate";
import { toFailure } from "@coeval/core/errors";
import { type Certificate, certificateSha256, checkCertificate } from "@coeval/core/model/certificate";
import { readLines, tallyManifest } from "@coeval/core/model/manifest";
import { compileFilters } from "@coeval/core/model/path-filter";
import { policyDefaults } from "@coeval/core/model/policy";
import { MISMATCH_MAX } from "@coeval/core/protect/verify";
import type { Entry } from "@coeval/core/model/entry";
import { findFiles, readChunks, readSmallText, siblingFile } from "@coeval/platform/local-files";
import { checkSigner } from "@coeval/platform/signer-check";
import { createHash, createSignatureCheck } from "@coeval/platform/hash";

const CERTIFICATE_FILE = "certificate.json";
const MANIFEST_FILE = "manifest";
const CERTIFICATE_BYTES_MAX = 16 * 1024 * 1024;

export interface CheckedCertificate {
  readonly path: string;
  readonly certificate: Certificate | null;
  /** `checked`: it is here and has the hash that the certificate names. */
  readonly manifest: "checked" | "absent";
  /** What is wrong, in words; empty when all holds. */
  readonly wrong: readonly string[];
}

/**
 * Checks one certificate file, one point's folder, or a folder of points, whose certificates then must follow one another.
 * @param authority SHA-256 (hex) of the authority's certificate that the signers must be certified by; null takes any.
 */
export async function checkCertificates(
  path: string,
  authority: string | null,
): Promise<CheckedCertificate[]> {
  const files = findFiles(path, CERTIFICATE_FILE);
  const read = files.map((file) => ({ file, ...readCertificate(file) }));
  const byHash = new Map(
    read.flatMap(({ certificate }) =>
      certificate ? [[certificateSha256(hash, certificate), certificate] as const] : [],
    ),
  );
  const checked: CheckedCertificate[] = [];
  for (const { file, certificate, wrong } of read) {
    if (!certificate) {
      checked.push({ path: file, certificate, manifest: "absent", wrong });
      continue;
    }
    const { previous } = certificate.body;
    const before = previous ? (byHash.get(previous.certificateSha256) ?? null) : null;
    const missing =
      previous && !before && files.length > 1
        ? [`the certificate before it, of ${previous.point}, is not here or was altered`]
        : [];
    const signers = [certificate.source, certificate.target].flatMap((signer) =>
      checkSigner(signer, authority),
    );
    const manifest = await checkManifest(file, certificate);
    checked.push({
      path: file,
      certificate,
      manifest: manifest === null ? "absent" : "checked",
      wrong: [
        ...checkCertificate(certificate, before, hash, createSignatureCheck()),
        ...signers,
        ...missing,
        ...(manifest ?? []),
      ],
    });
  }
  return checked.sort((a, b) =>
    (a.certificate?.body.moment ?? "").localeCompare(b.certificate?.body.moment ?? ""),
  );
}

const hash = createHash();

function readCertificate(file: string): { certificate: Certificate | null; wrong: string[] } {
  try {
    const parsed = certificateSchema.safeParse(JSON.parse(readSmallText(file, CERTIFICATE_BYTES_MAX)));
    if (parsed.success) return { certificate: parsed.data as Certificate, wrong: [] };
    const issue = parsed.error.issues[0];
    return {
      certificate: null,
      wrong: [`no moment certificate: ${issue?.path.join(".")}: ${issue?.message}`],
    };
  } catch (thrown) {
    return { certificate: null, wrong: [toFailure(thrown).message] };
  }
}

/** Null when the manifest is not beside it. */
async function checkManifest(certificateFile: string, certificate: Certificate): Promise<string[] | null> {
  const file = siblingFile(certificateFile, MANIFEST_FILE);
  if (file === null) return null;
  const tally = tallyManifest(hash);
  const wrong: string[] = [];
  try {
    const filter = compileFilters(certificate.body.filters ?? policyDefaults.filters);
    for await (const entry of readLines<Entry>(readChunks(file), MANIFEST_FILE)) {
      tally.line(entry);
      if (filter.leavesOut(entry.path, entry.type) && wrong.length < MISMATCH_MAX)
        wrong.push(
          `the manifest holds ${entry.set}/${entry.path}, which the certificate's filters leave out`,
        );
    }
  } catch (thrown) {
    return [toFailure(thrown).message];
  }
  const found = tally.summary();
  const { manifest } = certificate.body;
  for (const key of ["sha256", "files", "directories", "bytes"] as const) {
    if (found[key] !== manifest[key])
      wrong.push(`the manifest's ${key} is ${found[key]}, the certificate says ${manifest[key]}`);
  }
  return wrong;
}
