// Run on a host of its own (`node inside.ts fill|walk|reach …`): what the witness does where only that host reaches.
import { once } from "node:events";
import { connect } from "node:net";
import { type Witnessed, walk } from "../independent/walk.ts";
import { webHdfs } from "../independent/webhdfs.ts";

const REACH_TIMEOUT_MS = 3000;
const [verb, address = "", user = "", path = "", count = "0"] = process.argv.slice(2);

const verbs: Record<string, () => Promise<void>> = {
  /** Two directories, snapshots allowed, with `count` files. */
  async fill() {
    const hdfs = webHdfs(address, user);
    for (const directory of ["a", "b"]) {
      await hdfs.call("PUT", `${path}/${directory}`, "MKDIRS", { permission: "755" });
      await hdfs.call("PUT", `${path}/${directory}`, "ALLOWSNAPSHOT");
    }
    for (let number = 0; number < Number(count); number++) {
      const file = `${path}/${number % 2 === 0 ? "a" : "b"}/file ${number}`;
      await hdfs.write(file, Buffer.from(`${file}\n`.repeat(1 + (number % 40))));
    }
    hdfs.close();
  },
  /** One line of JSON an entry. */
  async walk() {
    const hdfs = webHdfs(address, user);
    const entries: Witnessed[] = [];
    for await (const entry of walk(hdfs, path)) entries.push(entry);
    process.stdout.write(JSON.stringify(entries));
    hdfs.close();
  },
  /** Whether a connection to the address comes about; the error's code otherwise. */
  async reach() {
    const [host = "", port = ""] = address.split(":");
    const socket = connect({ host, port: Number(port), timeout: REACH_TIMEOUT_MS });
    socket.once("timeout", () => socket.destroy(new Error("ETIMEDOUT")));
    try {
      await once(socket, "connect");
      process.stdout.write("reached");
    } catch (error) {
      process.stdout.write((error as NodeJS.ErrnoException).code ?? (error as Error).message);
    }
    socket.destroy();
  },
};

await (verbs[verb ?? ""] ?? (() => Promise.reject(new Error(`no verb ${verb}`))))();
