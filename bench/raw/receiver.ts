// The receiving half of the raw copy: each connection is a file, on disk for certain before the parent hears of it. Argument: folder.
import { open } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";

const [folder = ""] = process.argv.slice(2);
let files = 0;
const server = createServer((socket) => void take(socket));

async function take(socket: Socket): Promise<void> {
  const file = await open(join(folder, `f${files++}`), "w");
  for await (const bytes of socket) await file.write(bytes as Uint8Array);
  await file.sync();
  await file.close();
  process.send?.("done");
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : null);
});
