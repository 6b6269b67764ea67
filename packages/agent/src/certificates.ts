/** Certificates of this agent's points, each beside its manifest. */
import type { Certificate } from "@coeval/core/model/certificate";
import type { World } from "@coeval/core/ports/world";
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
