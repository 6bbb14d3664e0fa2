import type { Phase } from '../session/plan.ts';

export interface Progress {
  /** null where stderr is not a terminal. */
  show: ((phase: Phase, elapsedMs: number, totalMs: number) => void) | null;
  clear: () => void;
}

const seconds = (ms: number): string => String(Math.round(ms / 1000));

/** One line on stderr that is written over at each look; silent where stderr is not a terminal. */
export function createProgress(): Progress {
  const stream = process.stderr;
  if (!stream.isTTY) return { show: null, clear: () => {} };
  return {
    show: (phase, elapsedMs, totalMs) => {
      const of = totalMs > 0 ? ` ${seconds(Math.min(elapsedMs, totalMs))} / ${seconds(totalMs)} s` : '…';
      stream.write(`\r\u001b[K${phase}${of}`);
    },
    clear: () => {
      stream.write('\r\u001b[K');
    },
  };
}
