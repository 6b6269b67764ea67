/** The control device's authority, and the certificates that it gives itself: for the links, and for https. */
import type { Authority as ControlAuthority } from "@coeval/control/authority";
import { newId } from "@coeval/core/ports/random";
import type { World } from "@coeval/core/ports/world";
import { createAuthority, openAuthority } from "@coeval/platform/authority";
import { createKey, type Identity } from "@coeval/platform/identity";
import { readText, writeText } from "./text-files.ts";

const AUTHORITY_FILE = "authority.pem";
/** The part of it that everyone may have. */
export const CA_FILE = "ca.pem";
/** Certificates live 24 h; half of it leaves time for a renewal that fails. */
export const RENEW_EVERY_MS = 12 * 3_600_000;

export interface ControlIdentity {
  /** What the control package needs of the authority. */
  readonly authority: ControlAuthority;
  /** The authority's certificate in PEM. */
  readonly ca: string;
  /** A new certificate for the links. */
  forLinks(): Promise<Identity>;
  /** A new certificate for https on these hosts. */
  forServer(hosts: readonly string[]): Promise<{ key: string; cert: string }>;
}

/** Opens the authority of the data folder; makes one at the first start. */
export async function controlIdentity(world: World): Promise<ControlIdentity> {
  let text = await readText(world.files, AUTHORITY_FILE);
  if (text === null) {
    text = await createAuthority(world, newId(world.random, "authority"));
    await writeText(world.files, AUTHORITY_FILE, text);
  }
  const authority = await openAuthority(world, text);
  await writeText(world.files, CA_FILE, authority.certificate);
  const key = createKey();
  const ca = authority.certificate;
  return {
    ca,
    authority: {
      fingerprint: authority.fingerprint,
      async sign(csr, names) {
        const { certificate, fingerprint } = await authority.certifyAgent(names, csr);
        return { certificate, fingerprint, authority: ca };
      },
    },
    async forLinks() {
      const { certificate } = await authority.certifyControl("control", key);
      return { key, certificate, authority: ca };
    },
    async forServer(hosts) {
      const { certificate } = await authority.certifyServer(hosts, key);
      return { key, cert: `${certificate.trim()}\n${ca}` };
    },
  };
}
