import type { Activity } from './activity.ts';

/** What the watchdog itself does in a window, to be caught like anything that a target does. */
export type ControlName = 'tcp' | 'udp' | 'process';

/** One planted activity. Addresses are those of the loopback interface. */
export interface PlantedControl {
  name: ControlName;
  /** When it began, or a moment before. */
  atMs: number;
  /** The port that it called; null for a process. */
  port: number | null;
  /** The process that was started; null for network. */
  pid: number | null;
  /** Network namespace in whose counters it appears, as counter readings name it; null: not known. */
  networkScope: string | null;
}

/** Something that could not be planted, and why. */
export interface ControlFailure {
  name: ControlName;
  atMs: number;
  reason: string;
}

/** The program of a planted process: what else the watchdog starts in a window is not taken for it. */
export const PLANTED_PROGRAM = 'true';

/** The name under which the watchdog's own activities are kept: no target can have it. */
export const WATCHDOG = '(watchdog)';

/** What was planted, and what the collectors saw of the watchdog itself. */
export interface ControlEvidence {
  planted: PlantedControl[];
  failures: ControlFailure[];
  seen: Activity[];
}
