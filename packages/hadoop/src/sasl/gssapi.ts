/** The system's GSS-API library, MIT Kerberos, called directly: the one file of this package that leaves JavaScript.
 * Calls that may wait for a key server run on threads of koffi's; the others take microseconds.
 * Source: RFC 2744; gssapi/gssapi.h, gssapi_ext.h, gssapi_krb5.h of krb5 1.20. */
import koffi from "koffi";
import type {
  CredentialStore,
  Gss,
  GssContext,
  GssCredential,
  GssFailure,
  GssMechanism,
  GssServer,
} from "./gss.ts";
import { SaslError } from "./sasl-error.ts";

const LIBRARY = "libgssapi_krb5.so.2";
/** Comes with it. */
const KERBEROS_LIBRARY = "libkrb5.so.3";
/** The library resolves names and speaks to key servers on such a stack; koffi's 128 KiB are little for that. */
const CALL_STACK_BYTES = 1024 * 1024;

const INITIATE = 1;
const CONTINUE_NEEDED = 1;
const INDEFINITE_SECONDS = 0xffff_ffff;
const GSS_CODE = 1;
const MECHANISM_CODE = 2;
/** Mutual authentication, detection of repeated and of missing messages, encryption, checksums. */
const FLAGS = 2 | 4 | 8 | 16 | 32;
/** 1.3.6.1.5.5.2 */
const SPNEGO = Uint8Array.of(0x2b, 6, 1, 5, 5, 2);
const STATUS_LINES_MAX = 8;

/** GSS_S_NO_CRED. */
const NO_CREDENTIAL = 7 * 65_536;
/** More than a krb5_keytab_entry takes. */
const KEYTAB_ENTRY_BYTES_MAX = 256;

type Pointer = bigint | null;
interface Buffer {
  readonly length: number | bigint;
  readonly value: Uint8Array | Pointer;
}
const NO_BUFFER: Buffer = { length: 0, value: null };

type Library = ReturnType<typeof declare>;
let opened: Library | null = null;

/** Loads the library, once in a process. @throws SaslError `libraryMissing`. */
export function loadGssapi(): Gss {
  opened ??= declare();
  const library = opened;
  return {
    acquire: (store, mechanism) => acquire(library, store, mechanism),
    start: (credential, server, mechanism) => start(library, credential, server, mechanism),
  };
}

function declare() {
  koffi.config({ ...koffi.config(), async_stack_size: CALL_STACK_BYTES });
  let handle: ReturnType<typeof koffi.load>;
  try {
    handle = koffi.load(LIBRARY);
  } catch (error) {
    throw new SaslError("libraryMissing", `${LIBRARY} cannot be loaded: ${(error as Error).message}`, error);
  }
  koffi.struct("gss_buffer_desc", { length: "size_t", value: "void *" });
  koffi.struct("gss_oid", { length: "uint32_t", elements: "void *" });
  koffi.struct("gss_oid_set", { count: "size_t", elements: "void *" });
  koffi.struct("gss_key_value", { key: "str", value: "str" });
  koffi.struct("gss_key_values", { count: "uint32_t", elements: "gss_key_value *" });
  const pointerIn = (name: string): Pointer => koffi.decode(handle.symbol(name), "void *") as Pointer;
  const functions = {
    importName: "gss_import_name(_Out_ uint32_t *, gss_buffer_desc *, void *, _Out_ void **)",
    releaseName: "gss_release_name(_Out_ uint32_t *, _Inout_ void **)",
    displayName: "gss_display_name(_Out_ uint32_t *, void *, _Out_ gss_buffer_desc *, void *)",
    acquire:
      "gss_acquire_cred_from(_Out_ uint32_t *, void *, uint32_t, gss_oid_set *, int, gss_key_values *, _Out_ void **, void *, void *)",
    inquire: "gss_inquire_cred(_Out_ uint32_t *, void *, _Out_ void **, _Out_ uint32_t *, void *, void *)",
    releaseCredential: "gss_release_cred(_Out_ uint32_t *, _Inout_ void **)",
    step: "gss_init_sec_context(_Out_ uint32_t *, void *, _Inout_ void **, void *, void *, uint32_t, uint32_t, void *, gss_buffer_desc *, void *, _Out_ gss_buffer_desc *, void *, void *)",
    wrap: "gss_wrap(_Out_ uint32_t *, void *, int, uint32_t, gss_buffer_desc *, _Out_ int *, _Out_ gss_buffer_desc *)",
    unwrap:
      "gss_unwrap(_Out_ uint32_t *, void *, gss_buffer_desc *, _Out_ gss_buffer_desc *, _Out_ int *, _Out_ uint32_t *)",
    limit: "gss_wrap_size_limit(_Out_ uint32_t *, void *, int, uint32_t, uint32_t, _Out_ uint32_t *)",
    deleteContext: "gss_delete_sec_context(_Out_ uint32_t *, _Inout_ void **, void *)",
    displayStatus:
      "gss_display_status(_Out_ uint32_t *, uint32_t, int, void *, _Inout_ uint32_t *, _Out_ gss_buffer_desc *)",
    releaseBuffer: "gss_release_buffer(_Out_ uint32_t *, _Inout_ gss_buffer_desc *)",
  } as const;
  const calls = Object.fromEntries(
    Object.entries(functions).map(([name, prototype]) => [name, handle.func(`uint32_t ${prototype}`)]),
  ) as Record<keyof typeof functions, ReturnType<typeof handle.func>>;
  return {
    calls,
    names: Object.fromEntries(
      Object.entries(functions).map(([name, prototype]) => [name, prototype.split("(", 1)[0] ?? name]),
    ) as Record<keyof typeof functions, string>,
    kerberos: declareKerberos(),
    copy: koffi.load(null).func("void *memcpy(void *, void *, size_t)"),
    /** Object ids, which the library keeps pointers to: here for as long as it is. */
    mechanisms: { kerberos: pointerIn("gss_mech_krb5"), spnego: objectId(SPNEGO) },
    serviceName: pointerIn("GSS_C_NT_HOSTBASED_SERVICE"),
    principalName: pointerIn("GSS_KRB5_NT_PRINCIPAL_NAME"),
  };
}

/** A gss_OID that is never freed. */
function objectId(bytes: Uint8Array): Pointer {
  const elements = koffi.alloc("uint8_t", bytes.length) as Pointer;
  koffi.encode(elements, "uint8_t", [...bytes], bytes.length);
  const id = koffi.alloc("gss_oid", 1) as Pointer;
  koffi.encode(id, "gss_oid", { length: bytes.length, elements });
  return id;
}

/** What GSS cannot tell: why a keytab will not do. */
function declareKerberos() {
  const handle = koffi.load(KERBEROS_LIBRARY);
  return {
    initContext: handle.func("int krb5_init_context(_Out_ void **)"),
    freeContext: handle.func("void krb5_free_context(void *)"),
    resolveKeytab: handle.func("int krb5_kt_resolve(void *, str, _Out_ void **)"),
    closeKeytab: handle.func("int krb5_kt_close(void *, void *)"),
    parseName: handle.func("int krb5_parse_name(void *, str, _Out_ void **)"),
    freePrincipal: handle.func("void krb5_free_principal(void *, void *)"),
    keytabEntry: handle.func("int krb5_kt_get_entry(void *, void *, void *, uint32_t, int, void *)"),
    freeKeytabEntry: handle.func("int krb5_free_keytab_entry_contents(void *, void *)"),
    errorMessage: handle.func("void *krb5_get_error_message(void *, int)"),
    freeErrorMessage: handle.func("void krb5_free_error_message(void *, void *)"),
  };
}

type Call = keyof Library["calls"];

/** A call that answers at once. The minor status comes first among the arguments. */
function now(library: Library, call: Call, ...words: unknown[]): number {
  const minor = [0];
  const major = library.calls[call](minor, ...words) as number;
  return judged(library, call, major, minor[0] ?? 0);
}

/** A call that may wait, on a thread of its own. */
function later(library: Library, call: Call, ...words: unknown[]): Promise<number> {
  const minor = [0];
  return new Promise((resolve, reject) => {
    library.calls[call].async(minor, ...words, (fault: unknown, major: number) => {
      if (fault !== null && fault !== undefined) return reject(fault as Error);
      try {
        resolve(judged(library, call, major, minor[0] ?? 0));
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

/** Everything but success and "go on" is a failure, a message out of order too. */
function judged(library: Library, call: Call, major: number, minor: number): number {
  if (major === 0 || (call === "step" && major === CONTINUE_NEEDED)) return major;
  // Minor numbers are signed: the tables of Kerberos are negative.
  const details = { call: library.names[call], major, minor: minor | 0 };
  throw Object.assign(new Error(textOf(library, details)), { gss: details }) satisfies GssFailure;
}

/** The mechanism's words where it has any: of an expired ticket it says "Success". */
function textOf(library: Library, { call, major, minor }: GssFailure["gss"]): string {
  const mechanism = minor === 0 ? [] : statusLines(library, minor >>> 0, MECHANISM_CODE);
  const said = mechanism.filter((line) => !/^(Success|Unknown error)/.test(line));
  const lines = said.length > 0 ? said : statusLines(library, major, GSS_CODE);
  return `${[...new Set(lines)].join("; ")} (${call})`;
}

function statusLines(library: Library, code: number, kind: number): string[] {
  const lines: string[] = [];
  const more = [0];
  do {
    const text: Partial<Buffer> = {};
    if (library.calls.displayStatus([0], code, kind, library.mechanisms.kerberos, more, text) !== 0) break;
    lines.push(new TextDecoder().decode(taken(library, text)));
  } while (more[0] !== 0 && lines.length < STATUS_LINES_MAX);
  return lines;
}

/** The bytes of an output buffer, copied; the library's own are freed. */
function taken(library: Library, buffer: Partial<Buffer>): Uint8Array {
  const length = Number(buffer.length ?? 0);
  const bytes = new Uint8Array(length);
  // Not by a view of the library's memory, which would outlive that memory.
  if (length > 0) library.copy(bytes, buffer.value, length);
  library.calls.releaseBuffer([0], buffer);
  return bytes;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return bytes.length === 0 ? NO_BUFFER : { length: bytes.length, value: bytes };
}

function named(library: Library, text: string, kind: Pointer): Pointer {
  const name: [Pointer] = [null];
  now(library, "importName", bufferOf(new TextEncoder().encode(text)), kind, name);
  return name[0];
}

/** Credentials by their objects, so that nobody outside holds a pointer. */
const pointers = new WeakMap<GssCredential, { pointer: Pointer }>();

async function acquire(
  library: Library,
  store: CredentialStore,
  mechanism: GssMechanism,
): Promise<GssCredential> {
  const elements = [
    ...(store.keytab === null ? [] : [{ key: "client_keytab", value: store.keytab }]),
    ...(store.cache === null ? [] : [{ key: "ccache", value: store.cache }]),
  ];
  const name = store.principal === null ? null : named(library, store.principal, library.principalName);
  const found: [Pointer] = [null];
  const values = { count: elements.length, elements };
  try {
    const set = { count: 1, elements: library.mechanisms[mechanism] };
    await later(library, "acquire", name, INDEFINITE_SECONDS, set, INITIATE, values, found, null, null);
  } catch (error) {
    // Of a keytab that will not do the library says no more than that there are no credentials.
    examineKeytab(library, store);
    throw error;
  } finally {
    if (name !== null) library.calls.releaseName([0], [name]);
  }
  const held = { pointer: found[0] };
  const credential: GssCredential = {
    async inspect() {
      const who: [Pointer] = [null];
      const lifetime = [0];
      await later(library, "inquire", held.pointer, who, lifetime, null, null);
      const text: Partial<Buffer> = {};
      now(library, "displayName", who[0], text, null);
      library.calls.releaseName([0], who);
      const principal = new TextDecoder().decode(taken(library, text));
      return { principal, lifetimeSeconds: lifetime[0] ?? 0 };
    },
    release() {
      if (held.pointer === null) return;
      library.calls.releaseCredential([0], [held.pointer]);
      held.pointer = null;
    },
  };
  pointers.set(credential, held);
  return credential;
}

/** @throws GssFailure when the keytab cannot be read, or holds no key of the principal. */
function examineKeytab({ kerberos }: Library, { keytab, principal }: CredentialStore): void {
  if (keytab === null || principal === null) return;
  const [context, table, who]: [[Pointer], [Pointer], [Pointer]] = [[null], [null], [null]];
  const entry = new Uint8Array(KEYTAB_ENTRY_BYTES_MAX);
  if (kerberos.initContext(context) !== 0) return;
  const [own] = context;
  try {
    const code: number =
      kerberos.resolveKeytab(own, keytab, table) ||
      kerberos.parseName(own, principal, who) ||
      kerberos.keytabEntry(own, table[0], who[0], 0, 0, entry);
    if (code !== 0) {
      const message = kerberos.errorMessage(own, code) as bigint;
      const text = koffi.decode.string(message);
      kerberos.freeErrorMessage(own, message);
      const gss = { call: "krb5_kt_get_entry", major: NO_CREDENTIAL, minor: code };
      throw Object.assign(new Error(text), { gss }) satisfies GssFailure;
    }
    kerberos.freeKeytabEntry(own, entry);
  } finally {
    if (who[0] !== null) kerberos.freePrincipal(own, who[0]);
    if (table[0] !== null) kerberos.closeKeytab(own, table[0]);
    kerberos.freeContext(own);
  }
}

function targetOf(library: Library, credential: GssCredential, server: GssServer): Pointer {
  const { service, host, realm } = server;
  try {
    return realm === null
      ? named(library, `${service}@${host}`, library.serviceName)
      : named(library, `${service}/${host}@${realm}`, library.principalName);
  } catch (error) {
    credential.release();
    throw error;
  }
}

function start(
  library: Library,
  credential: GssCredential,
  server: GssServer,
  mechanism: GssMechanism,
): GssContext {
  const target = targetOf(library, credential, server);
  const context: [Pointer] = [null];
  let released = false;
  let stepping = false;
  const release = (): void => {
    released = true;
    // A call on another thread still uses them; it releases them at its end.
    if (stepping) return;
    library.calls.releaseName([0], [target]);
    if (context[0] !== null) library.calls.deleteContext([0], context, null);
    credential.release();
  };
  return {
    async step(token) {
      if (released || stepping) throw new SaslError("unsupported", "a handshake takes one step at a time");
      stepping = true;
      const answer: Partial<Buffer> = {};
      const held = pointers.get(credential)?.pointer ?? null;
      // Of its own, for the thread works on it while the caller may reuse what it gave.
      const input = bufferOf(token.slice());
      try {
        const major = await later(
          library,
          "step",
          held,
          context,
          target,
          library.mechanisms[mechanism],
          FLAGS,
          0,
          null,
          input,
          null,
          answer,
          null,
          null,
        );
        return { token: taken(library, answer), established: major === 0 };
      } finally {
        stepping = false;
        if (released) release();
      }
    },
    wrap(message, sealed) {
      const answer: Partial<Buffer> = {};
      now(library, "wrap", context[0], sealed ? 1 : 0, 0, bufferOf(message), [0], answer);
      return taken(library, answer);
    },
    unwrap(message) {
      const answer: Partial<Buffer> = {};
      const sealed = [0];
      now(library, "unwrap", context[0], bufferOf(message), answer, sealed, [0]);
      return { message: taken(library, answer), sealed: sealed[0] !== 0 };
    },
    wrapBytesMax(wrappedBytes, sealed) {
      const bytes = [0];
      now(library, "limit", context[0], sealed ? 1 : 0, 0, wrappedBytes, bytes);
      return bytes[0] ?? 0;
    },
    release() {
      if (!released) release();
    },
  };
}
