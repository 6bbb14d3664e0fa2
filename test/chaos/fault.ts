import type { Activity, RuleId } from './activity.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';
import type { Outcome } from './outcome.ts';
import type { Watchdog } from './watchdog.ts';

/** When the activity comes: before the fault strikes, while it lasts, or when it is over. */
export type Moment = 'before' | 'during' | 'after';

export interface Stage {
  scene: Scene;
  watchdog: Watchdog;
  random: Random;
}

/** How the watchdog is started under this fault, beside what is always given. */
export interface Start {
  args?: readonly string[];
  /** Modules that node imports before the command line. */
  imports?: readonly string[];
  /** A command that runs it. */
  inside?: readonly string[];
  uid?: number;
  env?: NodeJS.ProcessEnv;
}

/** Something that goes wrong while the watchdog watches. */
export interface Fault {
  name: string;
  /** For people: what goes wrong. */
  says: string;
  /** Which command watches; `check` where left out. */
  by?: 'check' | 'watch';
  /** It disturbs others, or would be disturbed by them: nothing else runs meanwhile. */
  isAlone?: boolean;
  /** Rules that it breaks by itself: it must not pass them, with an activity or without. */
  breaks?: readonly RuleId[];
  /** Rules that it can break by itself, or not. */
  mayBreak?: readonly RuleId[];
  /** All three where left out. */
  moments?: readonly Moment[];
  /** The target cannot act before the fault is undone: what it was told to do waits until then. */
  holdsTarget?: boolean;
  /** Nothing of it is undone before the watchdog is done. */
  lasts?: boolean;
  /** How long it lasts, in ms; 900 where left out: longer than a tick. */
  holdMs?: number;
  /** Length of the window in seconds; 5 where left out. */
  windowSeconds?: number;
  /** Why it cannot be had on this machine; null: it can. */
  unavailable?(): string | null;
  /** Why it makes no sense with an activity; null: it does. */
  excludes?(activity: Activity): string | null;
  /** Before the watchdog is started. */
  setUp?(scene: Scene): Promise<Start | void> | Start | void;
  /** In the window. */
  strike?(stage: Stage): Promise<void> | void;
  undo?(stage: Stage): Promise<void> | void;
  /** When the watchdog is done, and also where something failed. */
  tearDown?(scene: Scene): Promise<void> | void;
  /** Why the run shows nothing, such as that the fault did not come about; null: it does. */
  missed?(outcome: Outcome): string | null;
}
