import { schedule } from 'node-cron';
import type { CronFire } from '../core/windows/facts.ts';
import type { WindowSpec } from '../model/window-spec.ts';

/** A loop that was busy when a window was to open opens it later; what is later than this is told as missed. */
const LATEST_MS = 60_000;

/** Notes when the cron expressions of windows come true, until the next look asks. */
export class Schedules {
  readonly #tasks: readonly { stop(): unknown }[];
  #fires: CronFire[] = [];

  /** @param onMissed the host slept when a window was to open, at a time in milliseconds */
  constructor(
    windows: readonly WindowSpec[],
    nowMs: () => number,
    onMissed: (id: string, atMs: number) => void,
  ) {
    this.#tasks = windows.flatMap((window) => {
      if (window.trigger !== 'schedule') return [];
      const { id, timezone } = window;
      const fire = (): void => void this.#fires.push({ id, atMs: nowMs() });
      const task = schedule(window.cron, fire, {
        ...(timezone === null ? {} : { timezone }),
        missedExecutionTolerance: LATEST_MS,
      });
      task.on('execution:missed', ({ date }) => onMissed(id, date.getTime()));
      return [task];
    });
  }

  /** Whether `take` has something to give. */
  get hasNews(): boolean {
    return this.#fires.length > 0;
  }

  /** Those since the last call. */
  take(): CronFire[] {
    return this.#fires.splice(0);
  }

  stop(): void {
    for (const task of this.#tasks) void task.stop();
  }
}
