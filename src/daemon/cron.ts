import { schedule } from 'node-cron';

/** A cron expression that is heard. */
export interface CronTimer {
  stop: () => void;
  /** When it comes true next; null: that is not known. */
  nextMs: () => number | null;
}

/**
 * A timer stands still while the host sleeps (timer_settime(2), CLOCK_MONOTONIC), and follows no clock that is set: after a night of sleep
 * one for tomorrow is late by that night.
 */
const CHECK_EVERY_MS = 60_000;
/** What is late by less may be about to be told. */
const TIMER_LATE_MS = 5_000;

/**
 * Calls back whenever a cron expression comes true; late, once for each time, where the loop was busy then. Of the times at which the
 * host slept the first is told, within a minute of its waking.
 * @param timezone null: that of the host
 * @param fire is told how many milliseconds ago it came true
 */
export function onCron(
  expression: string,
  timezone: string | null,
  fire: (lateMs: number) => void,
): CronTimer {
  const task = schedule(expression, () => tell(0), timezone === null ? {} : { timezone });
  const nextMs = (): number | null => task.getNextRun()?.getTime() ?? null;
  let dueMs = nextMs();
  const tell = (lateMs: number): void => {
    dueMs = nextMs();
    fire(lateMs);
  };
  task.on('execution:missed', ({ date }) => tell(Math.max(0, Date.now() - date.getTime())));
  const check = setInterval(() => {
    const lateMs = Date.now() - (dueMs ?? Infinity);
    if (lateMs < TIMER_LATE_MS) return;
    void task.stop();
    void task.start();
    tell(lateMs);
  }, CHECK_EVERY_MS);
  return {
    stop: () => {
      clearInterval(check);
      // One that is only stopped is kept in a registry for as long as the process lives.
      void task.destroy();
    },
    nextMs,
  };
}
