/** Whom the driver waits for: NameNodes that keep silent, stand by or cannot be reached, told in the log while it lasts, and to
 * whoever gave up waiting. */
import type { ErrorCode } from "@coeval/core/errors";
import type { Log } from "@coeval/core/ports/log";
import type { HdfsErrorCode } from "@coeval/hadoop/errors";
import type { FailedTry } from "@coeval/hadoop/rpc/client";
import type { Silence } from "@coeval/hadoop/rpc/connection";

/** What is waited for, in words, and the catalogue's code of it. */
export interface WaitingFor {
  readonly text: string;
  readonly code: ErrorCode;
}

export interface Waiting {
  readonly onSilence: (silence: Silence) => void;
  readonly onFailedTry: (failed: FailedTry) => void;
  /** @param next the server that is asked now, `host:port`. */
  for(next: string): WaitingFor;
}

/** What a server did longer ago says nothing about it now; and no more often is it written to the log. */
export const RECENT_MS = 10_000;

export function createWaiting(clock: { elapsedMs(): number }, log: Pick<Log, "warn">): Waiting {
  const servers = new Map<string, Said>();
  let loggedMs = Number.NEGATIVE_INFINITY;
  const recent = (): Map<string, Said> => {
    for (const [server, { atMs }] of servers)
      if (clock.elapsedMs() - atMs > RECENT_MS) servers.delete(server);
    return servers;
  };
  return {
    onSilence: ({ server, method, waitedMs }) =>
      log.warn("NameNode silent", { server, method, waitedMs: Math.round(waitedMs) }),
    onFailedTry({ server, code, reason }) {
      recent().set(server, { code, reason, atMs: clock.elapsedMs() });
      if (clock.elapsedMs() - loggedMs < RECENT_MS) return;
      loggedMs = clock.elapsedMs();
      log.warn("NameNode away", { server, code, why: reason });
    },
    for(next) {
      const said = recent();
      if (said.size === 0)
        return { text: `the NameNode ${next} does not answer`, code: "cluster-unreachable" };
      const text = [...said].map(([server, { reason }]) => `${server}: ${reason}`).join("; ");
      const standing = [...said.values()].some(({ code }) => code === "standby");
      return { text, code: standing ? "no-active-namenode" : "cluster-unreachable" };
    },
  };
}

interface Said {
  readonly code: HdfsErrorCode;
  readonly reason: string;
  readonly atMs: number;
}
