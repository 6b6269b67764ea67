/** Which erasure coding policies there are, and where they are in force. Source: ClientProtocol of
 * hadoop-hdfs-client 3.4. */
import { type ErasureCodingPolicy, toPolicy } from "./erasure-policy.ts";
import { CALLS, type NameNode } from "./name-node.ts";

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
