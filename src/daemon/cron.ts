import { schedule } from 'node-cron';

/** A cron expression that is heard. */
export interface CronTimer {
  stop: () => void;
  /** When it comes true next; null: that is not known. */
  nextMs: () => number | null;
}

/**
 * Calls back whenever a cron expression comes true; late, once for each time, where the host slept or the loop was busy then.
 * @param timezone null: that of the host
 * @param fire is told how many milliseconds ago it came true
 */
export function onCron(
  expression: string,
  timezone: string | null,
  fire: (lateMs: number) => void,
): CronTimer {
  const task = schedule(expression, () => fire(0), timezone === null ? {} : { timezone });
  task.on('execution:missed', ({ date }) => fire(Math.max(0, Date.now() - date.getTime())));
  return {
    // One that is only stopped is kept in a registry for as long as the process lives.
    stop: () => void task.destroy(),
    nextMs: () => task.getNextRun()?.getTime() ?? null,
  };
}
