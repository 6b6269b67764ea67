/**
 * The enrolment token as text: what an agent needs to find its control device and to be sure of it, in one line.
 * `coeval-enrol://HOST:PORT/CLUSTER/AGENT/EXPIRES/AUTHORITY/SECRET`, EXPIRES in ms since 1970, AUTHORITY the SHA-256 of the CA's certificate.
 */
import { CoevalError } from "@coeval/core/errors";
import { NAME_PATTERN } from "@coeval/core/model/cluster";

/** What the token says. */
export interface EnrolmentToken {
  /** `host:port` where the control device hears agents. */
  readonly control: string;
  readonly cluster: string;
  readonly agent: string;
  /** ms since 1970. */
  readonly expiresAt: number;
  /** SHA-256 (hex) of the authority's certificate: the agent speaks to nobody whose chain lacks it. */
  readonly authority: string;
  /** Good once. */
  readonly secret: string;
}

const PATTERN =
  /^coeval-enrol:\/\/([^\s/]{1,260}:\d{1,5})\/([^/]+)\/([^/]+)\/(\d{1,15})\/([0-9a-f]{64})\/([A-Za-z0-9_.-]{16,200})$/;

/** The text. @throws TypeError for parts that would not read back: a defect. */
export function writeEnrolmentToken(token: EnrolmentToken): string {
  const { control, cluster, agent, expiresAt, authority, secret } = token;
  const text = `coeval-enrol://${[control, cluster, agent, Math.floor(expiresAt), authority, secret].join("/")}`;
  readEnrolmentToken(text);
  return text;
}

/** Reads the text; white space around it is dropped. @throws CoevalError `bad-input`, never showing the text: it holds a secret. */
export function readEnrolmentToken(text: string): EnrolmentToken {
  const [, control, cluster, agent, expiresAt, authority, secret] = PATTERN.exec(text.trim()) ?? [];
  if (
    !control ||
    !cluster ||
    !agent ||
    !authority ||
    !secret ||
    !NAME_PATTERN.test(cluster) ||
    !NAME_PATTERN.test(agent)
  )
    throw new CoevalError("bad-input", "this is no enrolment token; `coeval cluster enroll NAME` prints one");
  return { control, cluster, agent, expiresAt: Number(expiresAt), authority, secret };
}
