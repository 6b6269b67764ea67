// The TypeScript rendered from packages/hadoop/proto by buf and protoc-gen-es.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./sources.ts";

const FOLDER = "packages/hadoop/src/proto/generated";

/** Path in the repository → text. */
export function protoFiles(): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "proto-"));
  try {
    const bin = join(root, "node_modules/.bin");
    execFileSync("buf", ["generate", "--template", "packages/hadoop/buf.gen.yaml", "--output", folder], {
      cwd: root,
      env: { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` },
    });
    const files = readdirSync(folder).toSorted();
    return new Map(
      files.map((file) => [join(FOLDER, file), clean(readFileSync(join(folder, file), "utf8"))]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Our linters leave generated files out by their folder; a switch inside the file is of no use. */
function clean(text: string): string {
  return text.replace("/* eslint-disable */\n", "");
}
