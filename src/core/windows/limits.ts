/** Longest wait for an app to calm down. */
export const LONGEST_SETTLE_MS = 120_000;
