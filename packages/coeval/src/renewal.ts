/** The agent's certificate while it runs: asked for anew at half its life, and taken only when it fits the key. */
import type { Agent } from "@coeval/agent/agent";
import { toFailure } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import { createRequest, type Identity } from "@coeval/platform/identity";
import type { TlsNetwork } from "@coeval/platform/network";
import { renewInMs, saveIdentity } from "./agent-identity.ts";

/** Between two requests for a new certificate, when one is due. */
const RENEW_AGAIN_MS = 60_000;

/** The identity in use, and what makes a new one of it. */
export interface Renewal {
  readonly identity: Identity;
  /** A certificate came. One that does not fit is told in the log and left aside: the one in use is good until it expires. */
  take(given: Pick<Identity, "certificate" | "authority">): void;
  /** Asks for a new certificate when one is due, again and again until it has come. Never rejects. */
  run(agent: Pick<Agent, "renew">, stop: AbortSignal): Promise<void>;
}

export function createRenewal(world: World, first: Identity, network: Pick<TlsNetwork, "renew">): Renewal {
  let identity = first;

  function take(given: Pick<Identity, "certificate" | "authority">): void {
    const next: Identity = { key: identity.key, certificate: given.certificate, authority: given.authority };
    try {
      network.renew(next);
    } catch (thrown) {
      const { code, message } = toFailure(thrown);
      world.log.error("certificate not taken; the one in use stays", { code, why: message });
      return;
    }
    identity = next;
    saveIdentity(world, next).catch((thrown: unknown) =>
      world.log.error("certificate not saved", { why: toFailure(thrown).message }),
    );
  }

  async function askWhenDue(agent: Pick<Agent, "renew">): Promise<number> {
    try {
      const waitMs = renewInMs(world, identity);
      if (waitMs === 0) agent.renew(await createRequest(identity.key));
      return Math.max(waitMs, RENEW_AGAIN_MS);
    } catch (thrown) {
      world.log.error("certificate not asked for", { why: toFailure(thrown).message });
      return RENEW_AGAIN_MS;
    }
  }

  return {
    get identity() {
      return identity;
    },
    take,
    async run(agent, stop) {
      while (!stop.aborted) {
        const waitMs = await askWhenDue(agent);
        await world.clock.sleep(waitMs, stop).catch(() => undefined);
      }
    },
  };
}
