// `npm run bench -- NAME`: each benchmark is a module that runs when it is loaded and reads its own words.
const BENCHMARKS: Readonly<Record<string, () => Promise<unknown>>> = {
  small: () => import("./copy.ts"),
  large: () => import("./copy.ts"),
  storm: () => import("./storm/storm.ts"),
  where: () => import("./where/where.ts"),
  client: () => import("./client/client.ts"),
};
const WRONG_USAGE = 2;

const run = BENCHMARKS[process.argv[2] ?? ""];
if (run === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(BENCHMARKS).join("|")} …\n`);
  process.exit(WRONG_USAGE);
}
await run();
