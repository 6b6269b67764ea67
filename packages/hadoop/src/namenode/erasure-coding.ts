/** Erasure coding policies. Source: ClientProtocol of hadoop-hdfs-client 3.4; SystemErasureCodingPolicies for the
 * built-in ones, of which the wire may carry the id alone. */
import { MalformedMessage } from "../proto/decode.ts";
import {
  type ErasureCodingPolicyProto,
  ErasureCodingPolicyState as State,
} from "../proto/generated/erasure_coding_pb.ts";
import { CALLS, type NameNode } from "./name-node.ts";

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

/** The policies' part of the client. */
export interface HdfsErasureCoding {
  /** The policy in force at `path`, its own or inherited; null for replicated files. */
  getErasureCodingPolicy(path: string, cancel?: AbortSignal): Promise<ErasureCodingPolicy | null>;
  /** Of a directory, for files made from now on. */
  setErasureCodingPolicy(path: string, name: string, cancel?: AbortSignal): Promise<void>;
  /** Fails with `notFound` when the directory has none of its own. */
  unsetErasureCodingPolicy(path: string, cancel?: AbortSignal): Promise<void>;
  getErasureCodingPolicies(cancel?: AbortSignal): Promise<readonly ErasureCodingPolicy[]>;
  /** Superusers only. */
  enableErasureCodingPolicy(name: string, cancel?: AbortSignal): Promise<void>;
}

export function createErasureCoding(nameNode: NameNode): HdfsErasureCoding {
  return {
    getErasureCodingPolicy: (path, cancel) =>
      nameNode.read(
        CALLS.getErasureCodingPolicy,
        path,
        { src: path },
        ({ ecPolicy }) =>
          ecPolicy === undefined || ecPolicy.id === REPLICATION_ID ? null : toPolicy(ecPolicy),
        cancel,
      ),
    setErasureCodingPolicy: (path, name, cancel) =>
      nameNode.tell(CALLS.setErasureCodingPolicy, path, { src: path, ecPolicyName: name }, cancel),
    unsetErasureCodingPolicy: (path, cancel) =>
      nameNode.tell(CALLS.unsetErasureCodingPolicy, path, { src: path }, cancel),
    getErasureCodingPolicies: (cancel) =>
      nameNode.read(
        CALLS.getErasureCodingPolicies,
        "/",
        {},
        ({ ecPolicies }) => ecPolicies.map(toPolicy),
        cancel,
      ),
    enableErasureCodingPolicy: (name, cancel) =>
      nameNode.tell(CALLS.enableErasureCodingPolicy, "/", { ecPolicyName: name }, cancel),
  };
}

/** ErasureCodeConstants.REPLICATION_POLICY_ID: a directory excepted from its parent's policy. */
const REPLICATION_ID = 63;
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
