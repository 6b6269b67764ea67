/** An NTP server as the domain needs it: one exchange at a time, asked at a pace that the asker decides. */

/** Who answers for a clock source, as it names itself (RFC 5905, section 7.3). */
export interface TimeServer {
  /** What was asked, `ntp://host[:port]`: a process may reach the source under another name than the others do. */
  readonly asked: string;
  /** `address:port` that answered. */
  readonly address: string;
  /** What the server itself follows: letters at stratum 1 (`GPS`), else 8 hex digits as chronyc shows them. */
  readonly referenceId: string;
  /** 1…15: servers between it and a reference clock. */
  readonly stratum: number;
  /** Half the root delay plus the root dispersion: how far the server itself may be from UTC, in ms. */
  readonly utcErrorMs: number;
}

/** One exchange that brought a time. */
export interface TimeExchange {
  readonly kind: "time";
  readonly server: TimeServer;
  /** Elapsed ms of this process just before the question went out. */
  readonly askedElapsedMs: number;
  /** Elapsed ms of this process when the answer had come. */
  readonly answeredElapsedMs: number;
  /** The server's clock when the question came, in ms since 1970. */
  readonly receivedMs: number;
  /** The server's clock when the answer went out, in ms since 1970; never before `receivedMs`. */
  readonly transmittedMs: number;
  /** How finely the server can read its own clock, in ms. */
  readonly precisionMs: number;
}

/**
 * A kiss of death (RFC 5905, section 7.4): the server wants less of us, or nothing. `RATE`: ask less often · `DENY`, `RSTR`: ask no more.
 * Other codes mean that it has no time to give now.
 */
export interface TimeRefusal {
  readonly kind: "refused";
  readonly code: string;
  /** `address:port` that refused. */
  readonly address: string;
}

/** One server, whose name is resolved once, and again when it has stopped answering. */
export interface TimeSource {
  /** One question and its answer. @throws CoevalError `clock-source`: no such name, no answer in time, an answer that is none, no synchronised server. */
  exchange(cancel?: AbortSignal): Promise<TimeExchange | TimeRefusal>;
}

/** Opens the source of a name. @throws CoevalError `bad-input` when `url` is not `ntp://HOST[:PORT]`. */
export type OpenTimeSource = (url: string) => TimeSource;
