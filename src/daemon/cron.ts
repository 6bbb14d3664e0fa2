import { schedule } from 'node-cron';

/**
 * Calls back whenever a cron expression comes true; late, once for each time, where the host slept or the loop was busy then.
 * @param timezone null: that of the host
 * @param fire is told how many milliseconds ago it came true
 * @returns stops it
 */
export function onCron(
  expression: string,
  timezone: string | null,
  fire: (lateMs: number) => void,
): () => void {
  const task = schedule(expression, () => fire(0), timezone === null ? {} : { timezone });
  task.on('execution:missed', ({ date }) => fire(Math.max(0, Date.now() - date.getTime())));
  // One that is only stopped is kept in a registry for as long as the process lives.
  return () => void task.destroy();
}
