// The suites of `npm test`, in their order, but for those that only run when named: what each runs, its share of the
// twenty minutes, and the time after which it counts as hanging. Shares are looked at by people; only the limits fail a
// run, for hosts are noisy.

export interface FileSuite {
  readonly name: string;
  readonly shareSeconds: number;
  readonly limitSeconds: number;
  /** Globs of the test files, one process each. */
  readonly files: readonly string[];
  readonly except?: string;
  readonly fileLimitSeconds: number;
  /** Files run at the same time; "cores" = as many as there are. */
  readonly atOnce: number | "cores";
  /** Whether the shared pair of real clusters runs meanwhile. */
  readonly clusters: boolean;
  /** Runs only when it is named: it takes more than its share of the twenty minutes. */
  readonly onlyByName?: true;
}

export interface CommandSuite {
  readonly name: string;
  readonly shareSeconds: number;
  readonly limitSeconds: number;
  /** Its last line `N passed, N failed` is what it reports. */
  readonly command: readonly string[];
  readonly onlyByName?: true;
}

export type Suite = FileSuite | CommandSuite;

/** Seed 0 is a year of hourly moments. */
const SIMULATED_SEEDS = "0..200";

export const suites: readonly Suite[] = [
  { name: "check", shareSeconds: 60, limitSeconds: 300, command: ["scripts/check.sh"] },
  {
    name: "unit",
    shareSeconds: 120,
    limitSeconds: 600,
    files: ["packages/*/src/**/*.test.ts"],
    except: "**/*.real.test.ts",
    fileLimitSeconds: 120,
    atOnce: "cores",
    clusters: false,
  },
  {
    name: "simulation",
    shareSeconds: 90,
    limitSeconds: 450,
    command: ["node", "packages/simulator/src/main.ts", "--seeds", SIMULATED_SEEDS],
  },
  {
    name: "hdfs",
    shareSeconds: 540,
    limitSeconds: 1200,
    files: ["packages/*/src/**/*.real.test.ts", "e2e/*.e2e.ts"],
    except: "**/*.slow.real.test.ts",
    fileLimitSeconds: 300,
    // Stories wait more than they work; each has its own control device, agents and directories.
    atOnce: 2,
    clusters: true,
  },
  {
    // Clusters of other forms: several DataNodes, pairs of NameNodes, Kerberos. Each file starts its own.
    name: "hadoop",
    shareSeconds: 600,
    limitSeconds: 1800,
    files: ["packages/*/src/**/*.slow.real.test.ts"],
    fileLimitSeconds: 600,
    atOnce: 1,
    clusters: false,
    onlyByName: true,
  },
];
