/** Clock ticks of /proc, in which it tells starts and CPU times: USER_HZ, 100 a second on every platform that Node runs on; see time(7). */
export const TICKS_PER_SECOND = 100;
export const MS_PER_TICK: number = 1e3 / TICKS_PER_SECOND;
export const NS_PER_TICK: number = 1e9 / TICKS_PER_SECOND;

/** The kernel notes field 22 of /proc/PID/stat a moment before its trace tells of the same start: they may be so many ticks apart. */
export const SAME_START_TICKS = 2;
