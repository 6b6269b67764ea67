import type { ControlWrites } from "./tables.ts";

/** Forgets a cluster and its unused enrolments. Its agents' keys stay, to be known as revoked. */
export async function clusterRemove(trx: ControlWrites, name: string): Promise<void> {
  await trx.deleteFrom("enrolments").where("cluster", "=", name).execute();
  await trx.deleteFrom("clusters").where("name", "=", name).execute();
}
