/** Role and epoch of every service on a cluster: the control device's store keeps them, so that they stay one whichever agent acts. */
import type { Tenure } from "@coeval/core/model/role";
import { serviceList } from "@coeval/store/control/service-list";
import type { ControlQueries } from "@coeval/store/control/tables";

/** By service. */
export async function tenuresOn(db: ControlQueries, cluster: string): Promise<Tenure[]> {
  return (await serviceList(db))
    .filter(({ service }) => [service.primary, service.secondary].includes(cluster))
    .map(({ service, epoch }) => ({
      service: service.name,
      role: service.primary === cluster ? "primary" : "secondary",
      epoch,
    }));
}
