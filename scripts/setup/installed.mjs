// Exit 0 when node_modules holds exactly what package-lock.json asks for on this machine. Runs on the system's Node,
// whatever its age. npm writes what it has installed to node_modules/.package-lock.json, last of all.
import { existsSync, readFileSync } from "node:fs";

const INSTALLED = "node_modules/.package-lock.json";
if (!existsSync(INSTALLED)) process.exit(1);
const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
const wanted = packagesOf("package-lock.json");
const installed = packagesOf(INSTALLED);

const same = Object.entries(wanted).every(([path, entry]) => {
  const inPlace = installed[path];
  // The root and the workspaces are folders of this repository; optional packages may be for other machines.
  if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) return true;
  if (inPlace === undefined) return entry.optional === true || entry.devOptional === true;
  return inPlace.version === entry.version && inPlace.integrity === entry.integrity && existsSync(path);
});
const extra = Object.keys(installed).some((path) => !(path in wanted));
process.exit(same && !extra ? 0 : 1);
