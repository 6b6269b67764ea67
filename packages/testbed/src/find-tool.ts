/** Finds a program of the system: Debian keeps daemons where only root's PATH looks. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** @throws Error that names the Debian `packages` which bring it. */
export function findTool(name: string, packages: string): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
  const found = folders.map((folder) => join(folder, name)).find(isProgram);
  if (found === undefined) throw new Error(`testbed: ${name} is missing: apt-get install ${packages}`);
  return found;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
