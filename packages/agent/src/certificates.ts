/** Certificates of this agent's points, each beside its manifest. */
import { CoevalError } from "@coeval/core/errors";
import type { Certificate } from "@coeval/core/model/certificate";
import type { World } from "@coeval/core/ports/world";
import { certificateSchema } from "@coeval/contract/wire/certificate";
import { pointFile } from "./folders.ts";

/** Durable under its name when this resolves. */
export async function storeCertificate(
  world: World,
  service: string,
  run: string,
  certificate: Certificate,
): Promise<void> {
  const file = await world.files.create(pointFile(service, run, "certificate.json"));
  try {
    await file.write(new TextEncoder().encode(`${JSON.stringify(certificate, null, 2)}\n`));
    await file.commit();
  } catch (thrown) {
    await file.abort();
    throw thrown;
  }
}

/** Null when there is none. @throws CoevalError `corrupt` for one that cannot be read. */
export async function readCertificate(
  world: World,
  service: string,
  run: string,
): Promise<Certificate | null> {
  const path = pointFile(service, run, "certificate.json");
  if ((await world.files.size(path)) === null) return null;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    for await (const chunk of world.files.read(path)) text += decoder.decode(chunk, { stream: true });
    return certificateSchema.parse(JSON.parse(text + decoder.decode()));
  } catch (cause) {
    throw new CoevalError("corrupt", `${path} is no certificate any more`, { cause });
  }
}
