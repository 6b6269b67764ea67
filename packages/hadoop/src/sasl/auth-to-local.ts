/** Who a principal is to a cluster: the rules of `hadoop.security.auth_to_local`. Source: KerberosName of hadoop-auth 3.4, its
 * mechanism "hadoop"; Java's regular expressions are taken as JavaScript's. */

/** What a cluster knows. */
export interface LocalNames {
  /** `hadoop.security.auth_to_local`; undefined or empty: DEFAULT alone. */
  readonly rules: string | undefined;
  /** The realm whose principals DEFAULT maps to their first part. */
  readonly realm: string;
}

/** Characters of the rules at most; real ones have some thousand. */
export const RULES_CHARACTERS_MAX = 256 * 1024;

/**
 * The short name of `alice@REALM` or `service/host@REALM`; null when no rule maps it: the cluster refuses it then.
 * @throws TypeError naming the rule that is none.
 */
export function shortNameOf(principal: string, { rules = "", realm }: LocalNames): string | null {
  if (rules.length > RULES_CHARACTERS_MAX)
    throw new TypeError(`hadoop.security.auth_to_local has more than ${RULES_CHARACTERS_MAX} characters`);
  const [, service = "", host, own = realm] = PRINCIPAL.exec(principal) ?? [];
  const parts = host === undefined ? [own, service] : [own, service, host];
  for (const rule of rules.trim() === "" ? [DEFAULT] : [...parse(rules)]) {
    const name = rule(parts, realm);
    if (name === null) continue;
    // An answer that is a principal again is no name of a user.
    return /[/@]/.test(name) ? null : name;
  }
  return null;
}

const PRINCIPAL = /^([^/@]+)(?:\/([^/@]+))?(?:@([^/@]+))?$/;
/** KerberosName.ruleParser. */
const RULE = /\s*(?:(DEFAULT)|RULE:\[(\d*):([^\]]*)\](?:\(([^)]*)\))?(?:s\/([^/]*)\/([^/]*)\/(g)?)?)\/?(L)?/y;

/** Null where it does not apply. `parts`: realm, first part, second part. */
type Rule = (parts: readonly string[], defaultRealm: string) => string | null;

const DEFAULT: Rule = ([realm, first = ""], defaultRealm) => (realm === defaultRealm ? first : null);

function* parse(text: string): Generator<Rule> {
  const rules = text.trimEnd();
  for (let at = 0; at < rules.length; ) {
    RULE.lastIndex = at;
    const match = RULE.exec(rules);
    if (match === null) {
      const shown = rules.slice(at, at + 100).trim();
      throw new TypeError(`hadoop.security.auth_to_local: "${shown}" is no rule`);
    }
    at = RULE.lastIndex;
    const [, standard, count = "", format = "", pattern, from, to = "", all, lower] = match;
    yield standard === undefined
      ? ruleOf({
          count: Number(count),
          format,
          pattern,
          from,
          to,
          all: all !== undefined,
          lower: lower !== undefined,
        })
      : DEFAULT;
  }
}

interface RuleText {
  /** Parts of the principal, its realm not counted. */
  readonly count: number;
  readonly format: string;
  readonly pattern: string | undefined;
  readonly from: string | undefined;
  readonly to: string;
  readonly all: boolean;
  readonly lower: boolean;
}

function ruleOf({ count, format, pattern, from, to, all, lower }: RuleText): Rule {
  const fits = pattern === undefined ? null : expression(`^(?:${pattern})$`, "");
  const replaced = from === undefined ? null : expression(from, all ? "g" : "");
  return (parts) => {
    if (parts.length - 1 !== count) return null;
    const base = format.replace(/\$(\d)/g, (_, digit: string) => parts[Number(digit)] ?? "");
    if (fits !== null && !fits.test(base)) return null;
    const name = replaced === null ? base : base.replace(replaced, to);
    return lower ? name.toLowerCase() : name;
  };
}

function expression(text: string, flags: string): RegExp {
  try {
    return new RegExp(text, flags);
  } catch (cause) {
    throw new TypeError(`hadoop.security.auth_to_local: "${text}" is no regular expression`, { cause });
  }
}
