import type { Readings } from '../../model/sample.ts';

/** What grew over a window, and what is not known of it. */
export interface Increments {
  /** By how much something had grown when it was next looked at; of each process apart, in order of time. */
  amounts: Readings[];
  uncounted: string | null;
  /** Whether that is known to have been, and to be counted nowhere: it adds up, however short each life. */
  isLost: boolean;
  missing: string | null;
}
