// The end of the demo: the last point proven by a walk that knows nothing of the product, what its certificate says, and
// what to try next.
import { join } from "node:path";
import type { Run } from "../harness/answers.ts";
import type { World } from "../harness/world.ts";
import { inWords } from "../independent/equal.ts";
import { provePoint } from "../independent/point.ts";
import { manifestOf } from "../stories/point-holds.ts";
import type { Protected } from "../stories/protected.ts";
import { bytes, seconds } from "./scene.ts";

type Say = (line: string) => void;

export async function proveLast(world: World, story: Protected, run: Run, say: Say): Promise<void> {
  const { east, west } = world.pair;
  say(`an independent walk compares ${run.service}'s last point with east's own snapshots of that moment …`);
  const begunAt = performance.now();
  const proven = await provePoint({
    primary: east.as(east.superuser),
    secondary: west.as(west.superuser),
    dataSets: story.dataSets,
    source: story.source,
    holding: story.holding,
    receipts: run.receipts,
    manifest: manifestOf(world, run),
    writersLive: true,
  });
  if (proven.differences.length > 0) {
    throw new Error(`the point differs from the primary's snapshots:\n${inWords(proven.differences)}`);
  }
  const open = [...proven.open.values()].reduce((sum, files) => sum + files.size, 0);
  say(
    `✔ ${proven.entries} entries and ${bytes(proven.bytes)} are equal on both sides, every byte, owner, mode, ACL, ` +
      `attribute and time; ${open} open at the moment, taken by the length stated (${seconds(performance.now() - begunAt)})`,
  );
}

interface CertificateEssence {
  readonly body: {
    readonly moment: string;
    readonly grade: { readonly kind: string; readonly spreadMs: number; readonly windowMs: number };
    readonly openFiles: { readonly kind: string; readonly count: number };
    readonly clock: { readonly source: string; readonly errorMs: number };
    readonly manifest: { readonly sha256: string; readonly files: number; readonly bytes: number };
    readonly previous: { readonly point: string } | null;
  };
  readonly source: { readonly agent: string };
  readonly target: { readonly agent: string };
}

export async function tellCertificate(world: World, run: Run, say: Say): Promise<void> {
  const { body, source, target } = await world.ask<CertificateEssence>(["certificate", "get", run.point]);
  say(`the certificate of ${run.point}:`);
  say(`    moment    ${body.moment}`);
  say(
    `    grade     ${body.grade.kind}, spread ${body.grade.spreadMs.toFixed(1)} ms, at most ` +
      `${body.grade.windowMs.toFixed(1)} ms after the moment; clock ${body.clock.source} ± ${body.clock.errorMs.toFixed(2)} ms`,
  );
  say(
    `    holds     ${body.manifest.files} files, ${bytes(body.manifest.bytes)}; manifest ${body.manifest.sha256}`,
  );
  say(`    open      ${body.openFiles.count} files ${body.openFiles.kind}`);
  say(
    `    signed    by the agents ${source.agent} and ${target.agent}; follows ${body.previous?.point ?? "none: the first"}`,
  );
  const folder = join(world.west.dataFolder, "points", run.service);
  const checked = await world.cli(["certificate", "check", folder]);
  if (checked.code !== 0)
    throw new Error(`coeval certificate check ${folder}:\n${checked.stdout}${checked.stderr}`);
  say("✔ coeval certificate check: signatures, manifests and the chain of all points hold");
}

export async function tellNext(
  world: World,
  story: Protected,
  run: Run,
  keep: boolean,
  say: Say,
): Promise<void> {
  const { west } = world.pair;
  say("what to try next:");
  if (!keep) {
    say("    npm run demo -- --keep         stay up, and look around with the commands it prints");
    say("    npm test                       all tests, the real clusters among them");
    say("    npm run bench -- small         ours beside DistCp");
    return;
  }
  say(`    export COEVAL_CONFIG=${join(world.dir, "cli", "config.json")}`);
  say("    ./coeval status");
  say(`    ./coeval point list ${story.service}`);
  say(`    ./coeval service protect ${story.service} --at +3s --wait`);
  say(`    ./coeval certificate check ${join(world.west.dataFolder, "points", story.service)}`);
  say(`    ./coeval run get ${run.id}`);
  say(
    `    curl 'http://${west.nameNodeHttp}/webhdfs/v1${story.holding}/.snapshot/current/orders?op=LISTSTATUS&user.name=alice'`,
  );
  say("it stays up; Ctrl-C ends everything");
}
