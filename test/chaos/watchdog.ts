import type { Outcome, ActedAt } from './outcome.ts';

/** idleproof at work on a scene. */
export interface Watchdog {
  pid: number;
  /** Below it lies what it writes. */
  out: string;
  /** Returns when it has looked for half a second into its window. */
  watching(): Promise<void>;
  /** Waits until it has said something that matches, on stderr. */
  said(what: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Waits for its end. */
  ended(): Promise<void>;
  /** Closes the window where that is for others to do, and returns what is said in the end of the time given. */
  outcome(acted: ActedAt | null): Promise<Outcome>;
  /** Ends it, whatever it does. */
  abandon(): Promise<void>;
}
