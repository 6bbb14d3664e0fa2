/** A single gap longer than this many ticks: the watchdog was not there to vouch, whatever the tier. */
export const MAX_GAP_TICKS = 5;

/** Longest wait for an app to calm down. */
export const LONGEST_SETTLE_MS = 120_000;
