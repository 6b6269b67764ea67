/** The API before a fake control device, with a token for each role. */
import type { AccessRole } from "@coeval/contract/api/access";
import type { FastifyInstance } from "fastify";
import { createTokens } from "../../auth/tokens.ts";
import { createApi } from "../api.ts";
import { type FakeControl, fakeControl } from "./fake-control.ts";
import { type FakeWorld, fakeWorld } from "./fake-world.ts";

export interface Fixture {
  readonly api: FastifyInstance;
  readonly control: FakeControl;
  readonly world: FakeWorld;
  /** The headers of a caller with the role, whose token has the scopes. */
  readonly as: (role: AccessRole, scopes?: string[]) => Promise<{ authorization: string }>;
}

export async function fixture(): Promise<Fixture> {
  const world = fakeWorld();
  const control = await fakeControl(world);
  const api = await createApi(world, control, { version: "0.1.0-test" });
  const tokens = createTokens(world, control);
  return {
    api,
    control,
    world,
    async as(role, scopes = ["*:/"]) {
      const { value } = await tokens.create("test", "administrator", { name: role, role, scopes });
      return { authorization: `Bearer ${value}` };
    },
  };
}

/** A service's document, as an operator writes it. */
export function salesDocument(name = "sales", directory = "/data/sales"): Record<string, unknown> {
  return {
    apiVersion: "coeval/v1",
    kind: "Service",
    metadata: { name },
    spec: {
      primary: "west",
      secondary: "east",
      dataSets: [{ hdfs: `${directory}/orders` }, { hdfs: `${directory}/items` }],
      mapping: { target: `/coeval/${name}` },
      policy: {
        direction: "push",
        tolerance: { window: "500ms", beyond: "refuse", openFiles: "refuse" },
      },
    },
  };
}
