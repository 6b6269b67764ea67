/** Small texts in a process's own data folder, 0600. */
import type { Files } from "@coeval/core/ports/files";

/** Null when there is none. */
export async function readText(files: Files, path: string): Promise<string | null> {
  if ((await files.size(path)) === null) return null;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  for await (const chunk of files.read(path)) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/** Whole and durable under its name when this resolves. */
export async function writeText(files: Files, path: string, text: string): Promise<void> {
  const file = await files.create(path);
  try {
    await file.write(new TextEncoder().encode(text));
    await file.commit();
  } catch (thrown) {
    await file.abort();
    throw thrown;
  }
}
