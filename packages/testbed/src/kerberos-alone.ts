/** A key server without a cluster, and one that refuses everybody: for what a client makes of them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { daemon } from "./daemon.ts";
import { type KerberosRealm, kerberosRealm, type RealmRequest, startKdc } from "./kerberos.ts";

export interface RealmAlone extends KerberosRealm {
  stop(): Promise<void>;
}

/** A realm in a temporary folder, whose key server runs until `stop`, or until this process ends. */
export async function startRealm(request: Omit<RealmRequest, "dir">): Promise<RealmAlone> {
  const dir = mkdtempSync(join(tmpdir(), "realm-"));
  const realm = await kerberosRealm({ ...request, dir });
  const kdc = daemon({ role: "kdc", ...realm.kdc, changed: () => {} });
  await startKdc(realm, kdc);
  return {
    ...realm,
    async stop() {
      await kdc.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface RefusingKdc {
  /** Names it as the realm's only key server. */
  readonly krb5Conf: string;
  /** Answers nobody any more. */
  stop(): void;
  /** And removes its folder. */
  close(): void;
}

/** Application tag 30 (KRB-ERROR) and the types within: RFC 4120, section 5.9.1. */
const KRB_ERROR = 0x7e;
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const GENERAL_STRING = 0x1b;
const GENERALIZED_TIME = 0x18;
const FIELD = 0xa0;
const VERSION = 5;
const TYPE_ERROR = 30;
const NAME_TYPE_SERVICE = 2;

/** Answers every request with the error `code` (RFC 4120, section 7.5.9), as a key server does whose clock, or whose
 * mind, differs. */
export async function refusingKdc(realm: string, code: number): Promise<RefusingKdc> {
  const dir = mkdtempSync(join(tmpdir(), "refusing-kdc-"));
  const answer = krbError(realm, code);
  const server = createServer((socket) => {
    // Who goes away in the middle has its answer already.
    socket.on("error", () => {});
    socket.once("data", () => socket.end(answer));
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  server.unref();
  const krb5Conf = join(dir, "krb5.conf");
  const lines = [
    "[libdefaults]",
    `default_realm = ${realm}`,
    "dns_lookup_kdc = false",
    "udp_preference_limit = 1",
    "[realms]",
    `${realm} = {`,
    `kdc = 127.0.0.1:${port}`,
    "}",
    "",
  ];
  writeFileSync(krb5Conf, lines.join("\n"));
  const stop = (): void => void server.close();
  const close = (): void => {
    stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { krb5Conf, stop, close };
}

/** With the length that goes before it over TCP. */
function krbError(realm: string, code: number): Buffer {
  const now = new Date().toISOString().replace(/[-:T]/g, "").slice(0, 14);
  const service = ["krbtgt", realm].flatMap((part) => [...text(GENERAL_STRING, part)]);
  const name = tagged(SEQUENCE, [
    ...field(0, tagged(INTEGER, [NAME_TYPE_SERVICE])),
    ...field(1, tagged(SEQUENCE, service)),
  ]);
  const fields = [
    ...field(0, tagged(INTEGER, [VERSION])),
    ...field(1, tagged(INTEGER, [TYPE_ERROR])),
    ...field(4, text(GENERALIZED_TIME, `${now}Z`)),
    ...field(5, tagged(INTEGER, [0])),
    ...field(6, tagged(INTEGER, [code])),
    ...field(9, text(GENERAL_STRING, realm)),
    ...field(10, name),
  ];
  const message = tagged(KRB_ERROR, tagged(SEQUENCE, fields));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, Buffer.from(message)]);
}

function field(number: number, content: number[]): number[] {
  return tagged(FIELD + number, content);
}

function text(tag: number, value: string): number[] {
  return tagged(tag, [...Buffer.from(value)]);
}

/** All lengths here are below 128 but the outermost ones, which may take a byte more. */
function tagged(tag: number, content: number[]): number[] {
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return [tag, ...length, ...content];
}
