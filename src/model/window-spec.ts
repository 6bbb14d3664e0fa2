/** What the windows of every trigger have; a stretch that a trigger finds idle can become several windows. */
interface WindowLimits {
  id: string;
  /** How long the app is given to calm down before a window opens; `auto`: until it has, at most 2 min. */
  settleMs: number | 'auto';
  /** A longer stretch is cut into consecutive windows. */
  maxDurationMs: number;
  /** A shorter window proves nothing. */
  minDurationMs: number;
  /** The last stretch before a user's action that is not judged: typing and connecting come before it is stamped. */
  guardMs: number;
}

export interface UserQuietSpec extends WindowLimits {
  trigger: 'user-quiet';
  /** So long nobody must have used the app. */
  quietForMs: number;
}

export interface ScheduleSpec extends WindowLimits {
  trigger: 'schedule';
  /** Five fields, or six with seconds before them. */
  cron: string;
  /** From the time that cron tells; settling is part of it. */
  durationMs: number;
  /** Name of the IANA time zone; null: the host's. */
  timezone: string | null;
}

export interface ManualSpec extends WindowLimits {
  trigger: 'manual';
}

/** The whole life of a command that the watchdog starts. */
export interface RunSpec extends WindowLimits {
  trigger: 'run';
}

/** A configured window. */
export type WindowSpec = UserQuietSpec | ScheduleSpec | ManualSpec | RunSpec;
