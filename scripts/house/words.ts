// What must not stand in any file of the repository: paths and hosts of somebody's machine, words about how the text
// came to be, unfinished work, tests switched off, and guards switched off.

interface Forbidden {
  readonly pattern: RegExp;
  readonly why: string;
  /** Files the word is looked for in; all when absent. */
  readonly within?: RegExp;
}

const CODE = /\.(ts|tsx|mts|js|mjs|sh)$/;
const TESTS = /\.(test|e2e)\.ts$/;

const forbidden: readonly Forbidden[] = [
  {
    pattern:
      /(?<![\w.])\/(work\/(main|shared|\.)|root\/|home\/(?!(USER|alice|bob|hive|hbase|hdfs)\b)\w+\/\.)/,
    why: "a path of one machine",
  },
  { pattern: /"resolved": "https?:/, why: "a registry's host", within: /package-lock\.json$/ },
  { pattern: /^\s*(\/\/[^\s:]+\/:|[\w-]*registry\s*=)/m, why: "a registry's host", within: /\.npmrc$/ },
  {
    pattern:
      /\b(artifactory|nexus|verdaccio|npm|maven|pypi|registry|mirror)[\w-]*\.[\w.-]*(internal|corp|lan|local)\b/i,
    why: "a registry's host",
  },
  {
    pattern:
      /\b(claude|anthropic|openai|chatgpt|copilot|subagents?|LLMs?|language model|AI[- ](assistant|generated))\b/i,
    why: "a word about how it was written",
  },
  {
    pattern:
      /\b(system prompt|context window|(this|my|our|previous|next|working) (work )?session\b(?! (token|key|table|cookie|ticket)))/i,
    why: "a word about how it was written",
  },
  { pattern: /\b(TODO|FIXME|XXX|HACK)\b/, why: "unfinished work: do it, or make it an issue", within: CODE },
  { pattern: /\b(test|it|describe|suite|t)\.(only|skip|todo)\(/, why: "a test switched off", within: CODE },
  { pattern: /\b(only|skip|todo):\s*(true|["'`])/, why: "a test switched off", within: TESTS },
  { pattern: /(ox|es)lint-disable\b.*no-restricted/, why: "the law switched off", within: CODE },
  {
    pattern: /(ox|es)lint-disable(?!-(next-)?line)/,
    why: "lint switched off for a whole file",
    within: CODE,
  },
  { pattern: /@ts-(ignore|nocheck)\b|biome-ignore/, why: "a guard switched off", within: CODE },
];

/** "file:line: why" for each forbidden word. */
export function forbiddenWords(file: string, text: string): string[] {
  const rules = forbidden.filter(({ within }) => within?.test(file) ?? true);
  return text.split("\n").flatMap((line, index) =>
    rules
      .filter(({ pattern }) => pattern.test(line))
      .map(({ why, pattern }) => {
        const word = pattern.exec(line)?.[0].trim() ?? "";
        return `${file}:${index + 1}: "${word}" is ${why}`;
      }),
  );
}
