/** By how much something had grown when it was next looked at. */
export interface Increment {
  atMs: number;
  amount: number;
}

/** What something grew by in a window, look by look. */
export interface Increments {
  amounts: Increment[];
  /** What was not counted, in words; null where nothing was left out. */
  uncounted: string | null;
  /** Why it is not known; null where it is. */
  missing: string | null;
}
