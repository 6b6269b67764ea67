/** An erasure coding policy. Source: PBHelperClient.convertErasureCodingPolicy; SystemErasureCodingPolicies for the
 * built-in ones, of which the wire carries the id alone. */
import { MalformedMessage } from "../proto/decode.ts";
import {
  type ErasureCodingPolicyProto,
  ErasureCodingPolicyState as State,
} from "../proto/generated/erasure_coding_pb.ts";

/** How a block group is cut into data and parity. */
export interface ErasureCodingPolicy {
  readonly id: number;
  /** E.g. `RS-6-3-1024k`. */
  readonly name: string;
  /** `rs`, `rs-legacy`, `xor`, `replication`. */
  readonly codec: string;
  readonly dataUnits: number;
  readonly parityUnits: number;
  readonly cellBytes: number;
  readonly enabled: boolean;
}

const KIB = 1024;

type Shape = Pick<ErasureCodingPolicy, "name" | "codec" | "dataUnits" | "parityUnits" | "cellBytes">;

const shape = (name: string, codec: string, dataUnits: number, parityUnits: number): Shape => ({
  name,
  codec,
  dataUnits,
  parityUnits,
  cellBytes: KIB * KIB,
});

const BUILT_IN: Readonly<Record<number, Shape>> = {
  1: shape("RS-6-3-1024k", "rs", 6, 3),
  2: shape("RS-3-2-1024k", "rs", 3, 2),
  3: shape("RS-LEGACY-6-3-1024k", "rs-legacy", 6, 3),
  4: shape("XOR-2-1-1024k", "xor", 2, 1),
  5: shape("RS-10-4-1024k", "rs", 10, 4),
};

/** Throws {@link MalformedMessage} for an unknown id without its own shape. */
export function toPolicy({
  id,
  name,
  schema,
  cellSize,
  state,
}: ErasureCodingPolicyProto): ErasureCodingPolicy {
  const enabled = state === State.ENABLED;
  if (schema !== undefined) {
    const { codecName: codec, dataUnits, parityUnits } = schema;
    return { id, name, codec, dataUnits, parityUnits, cellBytes: cellSize, enabled };
  }
  const builtIn = BUILT_IN[id];
  if (builtIn === undefined) throw new MalformedMessage(`ErasureCodingPolicy ${id} has no schema`);
  return { id, ...builtIn, enabled };
}
