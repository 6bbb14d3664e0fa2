import type { WindowEnd } from '../../model/evidence.ts';

/** A stretch in which the app is to be idle. */
export interface IdleStretch {
  /** Settling begins here; it may lie ahead. */
  fromMs: number;
  /** Infinity: not known yet. */
  toMs: number;
  anchorMs: number | null;
}

/** What ends a window. */
export interface Ending {
  toMs: number;
  closedBy: WindowEnd;
}
