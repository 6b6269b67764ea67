/** The site files of a `HADOOP_CONF_DIR`. */
import { parseSite, type Site } from "../site-xml.ts";

const FILES = ["core-site.xml", "hdfs-site.xml"];

/**
 * Reads the folder's `core-site.xml` and `hdfs-site.xml` by `readText`, which answers null where there is no such file;
 * one of them is enough. Throws a TypeError that names file and fault.
 */
export async function readConfFolder(
  folder: string,
  readText: (path: string) => Promise<string | null>,
): Promise<Site> {
  const files: { readonly name: string; readonly text: string }[] = [];
  for (const file of FILES) {
    const name = `${folder.replace(/\/+$/, "")}/${file}`;
    const text = await readText(name);
    if (text !== null) files.push({ name, text });
  }
  if (files.length === 0) throw new TypeError(`${folder} holds neither ${FILES.join(" nor ")}`);
  return parseSite(files);
}
