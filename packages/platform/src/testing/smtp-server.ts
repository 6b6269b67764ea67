/** As much of an SMTP server as takes a mail, or refuses it, on a free port of this machine. */
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface SmtpServer {
  readonly port: number;
  /** What came between DATA and the dot. */
  readonly mails: string[];
  /** What the clients said besides. */
  readonly said: string[];
  close(): Promise<void>;
}

/** @param answers replies that differ from the polite ones, by command. */
export async function startSmtpServer(answers: Readonly<Record<string, string>> = {}): Promise<SmtpServer> {
  const mails: string[] = [];
  const said: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let text = "";
    let inData = false;
    socket.write("220 here\r\n");
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      for (;;) {
        const end = text.indexOf(inData ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (inData ? 5 : 2));
        if (inData) mails.push(line);
        else said.push(line);
        const word = inData ? "." : (line.split(/[ :]/)[0] ?? "").toUpperCase();
        inData = word === "DATA" && answers["DATA"] === undefined;
        socket.write(`${answers[word] ?? polite[word] ?? "250 ok"}\r\n`);
        if (word === "QUIT") socket.end();
      }
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    said,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const polite: Readonly<Record<string, string>> = {
  EHLO: "250-here\r\n250 AUTH PLAIN",
  STARTTLS: "502 not here",
  AUTH: "235 ok",
  DATA: "354 go on",
  QUIT: "221 bye",
};
