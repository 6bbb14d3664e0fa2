/** One event of the Chrome trace event format. Times are epoch microseconds. */
export interface TraceEvent {
  ph: 'X' | 'i' | 'C' | 'M';
  name: string;
  pid: number;
  tid: number;
  ts: number;
  /** Of `X`: microseconds. */
  dur?: number;
  /** Of `i`: drawn on its thread. */
  s?: 't';
  cat?: string;
  args?: Record<string, string | number | boolean | null>;
}

/** Epoch milliseconds → whole epoch microseconds: finer ones are not exact in a double. */
export const microseconds = (ms: number): number => Math.round(ms * 1000);
