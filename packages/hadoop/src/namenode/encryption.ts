/** Encryption zones: directories below which the bytes on DataNodes are ciphertext, whose keys only a key server opens.
 * This package has no client for key servers: it names the zone, and refuses what it could only carry wrongly.
 * Source: ClientProtocol.getEZForPath, listEncryptionZones of hadoop-hdfs-client 3.4. */
import type { EncryptionZoneProto } from "../proto/generated/encryption_pb.ts";
import { CALLS, failure, type NameNode } from "./name-node.ts";

export interface EncryptionZone {
  /** Inode of its root. */
  readonly id: string;
  readonly path: string;
  readonly keyName: string;
}

/** The zones' part of the client. */
export interface HdfsEncryption {
  /** The zone that holds `path`; null outside of every zone. */
  getEncryptionZone(path: string, cancel?: AbortSignal): Promise<EncryptionZone | null>;
  /** Makes an empty directory a zone, under a key that the key server has. Superusers only. */
  createEncryptionZone(path: string, keyName: string, cancel?: AbortSignal): Promise<void>;
  /** All zones. Superusers only. */
  listEncryptionZones(cancel?: AbortSignal): AsyncIterable<EncryptionZone>;
}

export function createEncryption(nameNode: NameNode): HdfsEncryption {
  async function* all(cancel?: AbortSignal): AsyncGenerator<EncryptionZone> {
    let after = 0n;
    for (;;) {
      const request = { id: after };
      const { zones, hasMore } = await nameNode.read(
        CALLS.listEncryptionZones,
        "/",
        request,
        (it) => it,
        cancel,
      );
      for (const zone of zones) yield toZone(zone);
      if (!hasMore) return;
      const last = zones.at(-1)?.id;
      if (last === undefined || last === after)
        throw failure("listEncryptionZones", "/", "malformedAnswer", "the list does not go on after a page");
      after = last;
    }
  }
  return {
    getEncryptionZone: (path, cancel) =>
      nameNode.read(
        CALLS.getEZForPath,
        path,
        { src: path },
        ({ zone }) => (zone === undefined ? null : toZone(zone)),
        cancel,
      ),
    createEncryptionZone: (path, keyName, cancel) =>
      nameNode.tell(CALLS.createEncryptionZone, path, { src: path, keyName }, cancel),
    listEncryptionZones: all,
  };
}

function toZone({ id, path, keyName }: EncryptionZoneProto): EncryptionZone {
  return { id: id.toString(), path, keyName };
}
