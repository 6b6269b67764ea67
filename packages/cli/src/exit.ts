/** Exit codes: stable, for scripts. */

export const exit = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** Done, but graded below what was asked for. */
  below: 3,
  notFound: 4,
  notAllowed: 5,
  conflict: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** The exit code of an HTTP status that is a refusal. */
export function exitOfStatus(status: number): ExitCode {
  if (status === 404) return exit.notFound;
  if (status === 401 || status === 403) return exit.notAllowed;
  if (status === 409 || status === 412) return exit.conflict;
  if (status === 400 || status === 413 || status === 422 || status === 428) return exit.usage;
  return exit.failed;
}
