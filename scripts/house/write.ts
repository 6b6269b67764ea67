// Writes every generated file anew: `node scripts/house/write.ts`. The house tests fail while one is stale.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles } from "./generated.ts";
import { root } from "./sources.ts";

const files = await generatedFiles();
for (const [file, text] of files) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
const formatted = [...files.keys()].filter((file) => file.endsWith(".json"));
execFileSync(join(root, "node_modules/.bin/biome"), ["format", "--write", ...formatted], {
  cwd: root,
  stdio: "ignore",
});
console.log(`wrote ${[...files.keys()].join(", ")}`);
