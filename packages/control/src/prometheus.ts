/** The text format of Prometheus: families of samples, labels escaped. */

/** One metric with all its samples. */
export interface Family {
  /** Without the prefix; ends in its base unit. */
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the reader is told the text is. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const PREFIX = "coeval_";

/** Families without samples are left out. */
export function renderMetrics(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const full = PREFIX + name;
      const head = `# HELP ${full} ${escape(help)}\n# TYPE ${full} ${type}\n`;
      return head + samples.map((sample) => `${full}${labelsOf(sample)} ${sample.value}\n`).join("");
    })
    .join("");
}

function labelsOf({ labels }: Sample): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escape(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
