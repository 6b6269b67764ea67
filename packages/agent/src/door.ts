/** Where peers connect. Runs name the address to the other side, so a port that was picked is kept for the next start. */
import { toFailure } from "@coeval/core/errors";
import type { Listener, Network, Stream } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import { readSetting, writeSetting } from "@coeval/store/agent/settings";
import type { AgentDatabase } from "@coeval/store/agent/tables";

const SETTING = "data-port";
const ANY_PORT = ":0";

/** @param listen `host:port`; with port 0 the port of the last start is taken again, another one when that is in use by now. */
export async function openDoor(
  world: World,
  parts: { readonly network: Network; readonly db: AgentDatabase },
  listen: string,
  accept: (stream: Stream) => void,
): Promise<Listener> {
  const { network, db } = parts;
  if (!listen.endsWith(ANY_PORT)) return network.listen(listen, accept);
  const kept = await readSetting(db, SETTING);
  const listener = kept === null ? null : await again(world, network, `${hostOf(listen)}:${kept}`, accept);
  if (listener) return listener;
  const picked = await network.listen(listen, accept);
  await writeSetting(db, SETTING, picked.address.slice(picked.address.lastIndexOf(":") + 1));
  return picked;
}

async function again(
  world: World,
  network: Network,
  address: string,
  accept: (stream: Stream) => void,
): Promise<Listener | null> {
  try {
    return await network.listen(address, accept);
  } catch (thrown) {
    world.log.warn("data port taken", { address, why: toFailure(thrown).message });
    return null;
  }
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":"));
}
