/** Runs one command line before a fake control device. */
import { runCli } from "../program.ts";
import { type FakeIo, fakeIo } from "./fake-io.ts";
import type { FakeServer } from "./fake-server.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param words separated by single spaces. @param more options of the composition. */
export async function runWith(
  server: FakeServer,
  words: string,
  io: FakeIo = fakeIo(server.url),
  more: object = {},
): Promise<Ran> {
  const checkCertificates = async () => ({ ok: true, certificates: [], wrong: [] });
  const code = await runCli(
    { io, version: "1.2.3", checkCertificates, commands: [], ...more },
    words.split(" "),
  );
  return { code, out: io.out(), err: io.err() };
}
