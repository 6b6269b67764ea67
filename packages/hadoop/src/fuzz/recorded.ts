/** What real servers of Hadoop 3.4.2 sent, connection by connection: `node scripts/fuzz/record.ts` writes it. Names are
 * `SCENARIO name-node|data-node NUMBER`. */
import recorded from "./fixtures/recorded.json" with { type: "json" };

/** The connections of one kind of server whose scenario `wanted` holds of. */
export function connections(
  server: "name-node" | "data-node",
  wanted: (scenario: string) => boolean = () => true,
): readonly Uint8Array[] {
  const found = Object.entries(recorded).flatMap(([name, bytes]) => {
    const [scenario = "", kind] = name.split(" ");
    return kind === server && wanted(scenario) ? [Uint8Array.fromBase64(bytes)] : [];
  });
  if (found.length === 0) throw new Error(`no connection of a ${server} was recorded for this`);
  return found;
}

/** The messages of a connection that have their length as a varint before them, as far as they reach; at most
 * `messagesMax`. */
export function delimitedMessages(bytes: Uint8Array, messagesMax: number): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length && messages.length < messagesMax; ) {
    let length = 0;
    let byte = 0x80;
    for (let shift = 0; byte >= 0x80; shift += 7) {
      byte = bytes[at++] ?? 0;
      length |= (byte & 0x7f) << shift;
    }
    if (at + length > bytes.length) break;
    messages.push(bytes.slice(at, at + length));
    at += length;
  }
  return messages;
}
