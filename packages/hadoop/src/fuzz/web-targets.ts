/** WebHDFS and site files as they are fuzzed: every call whose answer was recorded, fsck's text, configurations. */
import type { HdfsClient } from "../hdfs/client.ts";
import { siteOptions } from "../native/site-options.ts";
import { nameNodeAddresses, parseSite } from "../site-xml.ts";
import { createWebHdfsClient } from "../webhdfs/client.ts";
import { MalformedAnswer } from "../webhdfs/decode.ts";
import aclStatus from "../webhdfs/fixtures/acl-status.json" with { type: "json" };
import blockLocations from "../webhdfs/fixtures/block-locations.json" with { type: "json" };
import configuration from "../webhdfs/fixtures/configuration.json" with { type: "json" };
import contentSummary from "../webhdfs/fixtures/content-summary.json" with { type: "json" };
import createSnapshot from "../webhdfs/fixtures/create-snapshot.json" with { type: "json" };
import directoryPage from "../webhdfs/fixtures/directory-page.json" with { type: "json" };
import errorDenied from "../webhdfs/fixtures/error-denied.json" with { type: "json" };
import fileChecksum from "../webhdfs/fixtures/file-checksum.json" with { type: "json" };
import fileStatus from "../webhdfs/fixtures/file-status.json" with { type: "json" };
import fsck from "../webhdfs/fixtures/fsck.json" with { type: "json" };
import fsckDenied from "../webhdfs/fixtures/fsck-denied.json" with { type: "json" };
import jmxInfo from "../webhdfs/fixtures/jmx-info.json" with { type: "json" };
import location from "../webhdfs/fixtures/location.json" with { type: "json" };
import mkdirs from "../webhdfs/fixtures/mkdirs.json" with { type: "json" };
import quotaUsage from "../webhdfs/fixtures/quota-usage.json" with { type: "json" };
import serverDefaults from "../webhdfs/fixtures/server-defaults.json" with { type: "json" };
import snapshotDiff from "../webhdfs/fixtures/snapshot-diff.json" with { type: "json" };
import snapshotDiffPage from "../webhdfs/fixtures/snapshot-diff-page.json" with { type: "json" };
import snapshots from "../webhdfs/fixtures/snapshots.json" with { type: "json" };
import snapshottable from "../webhdfs/fixtures/snapshottable-directories.json" with { type: "json" };
import storagePolicy from "../webhdfs/fixtures/storage-policy.json" with { type: "json" };
import xattrs from "../webhdfs/fixtures/xattrs.json" with { type: "json" };
import { createFsckReader } from "../webhdfs/fsck.ts";
import { type Answer, type Recorded, replayedWorld } from "../webhdfs/replayed-world.ts";
import type { Chance } from "./chance.ts";
import { type FuzzTarget, isTellable, type Spoilt } from "./fuzz.ts";

/** A call, and what a real server answered to it. */
type Call = readonly [Recorded, (client: HdfsClient) => Promise<unknown>];

const RANGE = { offsetBytes: 0, lengthBytes: 1 };
const CALLS: readonly Call[] = [
  [fileStatus, (client) => client.getFileStatus("/f")],
  [directoryPage, (client) => client.listStatusPage("/d", "")],
  [directoryPage, (client) => all(client.listStatus("/d"))],
  [aclStatus, (client) => client.getAclStatus("/f")],
  [xattrs, (client) => client.getXAttrs("/f")],
  [storagePolicy, (client) => client.getStoragePolicy("/f")],
  [contentSummary, (client) => client.getContentSummary("/f")],
  [quotaUsage, (client) => client.getQuotaUsage("/f")],
  [blockLocations, (client) => client.getBlockLocations("/f", RANGE)],
  [fileChecksum, (client) => client.getFileChecksum("/f")],
  [snapshots, (client) => client.getSnapshots("/r")],
  [snapshottable, (client) => client.getSnapshottableDirectories()],
  [snapshotDiff, (client) => client.getSnapshotDiff("/r", "a", "b")],
  [snapshotDiffPage, (client) => all(client.getSnapshotDiffPages("/r", "a", "b"))],
  [serverDefaults, (client) => client.getServerDefaults()],
  [jmxInfo, (client) => client.getClusterInfo()],
  [configuration, (client) => client.getConfiguration("k")],
  [createSnapshot, (client) => client.createSnapshot("/r", "s")],
  [mkdirs, (client) => client.mkdirs("/f", 0o755)],
  [errorDenied, (client) => client.delete("/f", { recursive: false })],
  [fsck, (client) => all(client.listOpenFiles("/f"))],
  [location, (client) => all(client.open("/f", RANGE))],
  [location, (client) => client.create("/f", Uint8Array.of(1), { permission: 0o644, overwrite: true })],
];
const STATUSES = [200, 201, 307, 400, 403, 404, 500, 503];
const REQUESTS_MAX = 2_000;

const SITE = `<?xml version="1.0"?><configuration>
<property><name>dfs.nameservices</name><value>ns1,ns2</value><final>true</final></property>
<property><name>dfs.ha.namenodes.ns1</name><value>nn1,nn2</value></property>
<property><name>dfs.namenode.rpc-address.ns1.nn1</name><value>\${host}:8020</value></property>
<property><name>dfs.namenode.rpc-address.ns1.nn2</name><value>b.example:8020</value></property>
<property><name>dfs.namenode.rpc-address.ns2</name><value>[::1]:8020</value></property>
<property><name>host</name><value>\${prefix}.example\${prefix}</value></property>
<property><name>prefix</name><value>a&amp;&#65;</value><description>d</description></property>
<property><name>ipc.client.rpc-timeout.ms</name><value>20s</value></property>
<property><name>hadoop.rpc.protection</name><value>privacy,integrity</value></property>
</configuration>`;

/** See the top of this file. */
export function webTargets(): FuzzTarget[] {
  return [
    {
      name: "webhdfs",
      run: (spoilt, chance) => ask(chance.of(CALLS), spoilt, chance),
      isOwn: isTellable,
    },
    {
      name: "fsck",
      run(spoilt, chance) {
        const text = utf8(spoilt(bytes(chance.once(2) ? fsck.response.body : fsckDenied.response.body)));
        const reader = createFsckReader("/");
        const middle = chance.below(text.length + 1);
        reader.push(text.slice(0, middle));
        reader.push(text.slice(middle));
        reader.end();
      },
      isOwn: (error) => error instanceof MalformedAnswer,
    },
    {
      name: "site-xml",
      run(spoilt) {
        const site = parseSite([{ name: "hdfs-site.xml", text: utf8(spoilt(bytes(SITE))) }]);
        siteOptions(site);
        nameNodeAddresses(site);
      },
      // Their own are TypeErrors as a defect's would be; a defect's is in the words of the engine.
      isOwn: (error) =>
        error instanceof TypeError &&
        (error.message.startsWith("hdfs-site.xml: ") ||
          !/undefined|is not (a|iterable)|Cannot|Invalid/.test(error.message)),
    },
  ];
}

async function ask([{ request, response }, call]: Call, spoilt: Spoilt, chance: Chance): Promise<void> {
  const status = chance.once(8) ? chance.of(STATUSES) : response.status;
  let spoiltBody: Uint8Array | null = null;
  let requests = 0;
  const { world } = replayedWorld((asked): Answer => {
    if (++requests > REQUESTS_MAX) throw new Error(`no end after ${REQUESTS_MAX} requests`);
    // What a call asks before, e.g. which DataNodes there are, is answered as it was.
    const isPrepared = asked.path.startsWith("/jmx") && !request.path.startsWith("/jmx");
    if (isPrepared) return { ...jmxInfo.response };
    spoiltBody ??= spoilt(bytes(response.body));
    const headers: Record<string, string | undefined> = { ...response.headers };
    if (headers["location"] !== undefined && chance.once(2))
      headers["location"] = utf8(spoilt(bytes(headers["location"])));
    return { status, headers, body: spoiltBody };
  });
  const nameNode = { host: "namenode", port: 9870, secure: false };
  await call(createWebHdfsClient(world, { nameNode, identity: { kind: "simple", user: "u" } }));
}

async function all(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

function bytes(text: string | Uint8Array): Uint8Array {
  return typeof text !== "string" ? text : new TextEncoder().encode(text);
}

function utf8(from: Uint8Array): string {
  return new TextDecoder().decode(from);
}
