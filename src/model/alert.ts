import type { Severity } from './verdict.ts';

type AlertStatus = 'firing' | 'resolved';

/** Something that somebody should know, or that is over. Its texts may hold what a watched app says of itself. */
export interface Alert {
  /** Tells one regression from another for as long as it lasts. */
  key: string;
  severity: Severity;
  /** null: of the watch itself, not of one target. */
  target: string | null;
  /** null: no rule says so; it became worse than it was. */
  ruleId: string | null;
  /** Or the id of a measurement on schedule. */
  windowId: string;
  status: AlertStatus;
  /** How often it was told before while it lasted: told again because it became clearly worse. */
  repeat: number;
  title: string;
  text: string;
  /** Opening of the window in which it was first seen. */
  firstSeenMs: number;
  /** Close of the window that this was found in. */
  atMs: number;
  /** Folder of the window's proof; null: there is none. */
  proofFolder: string | null;
}

/** Where alerts go. The addresses are secrets. */
export type SinkConfig =
  | { type: 'webhook'; url: string }
  | { type: 'slack'; url: string }
  | { type: 'alertmanager'; url: string }
  | { type: 'email'; smtp: string; from: string; to: readonly string[] }
  | { type: 'command'; argv: readonly string[]; timeoutMs: number };

export type SinkType = SinkConfig['type'];
