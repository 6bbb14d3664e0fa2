/**
 * Time stamps of files come from the kernel's coarse clock, which moves once a clock tick, 10 ms at most; see clock_gettime(2). Several ticks:
 * what was stamped within them of one moment may have been written before or after it.
 */
export const STAMP_GRAIN_MS = 30;
