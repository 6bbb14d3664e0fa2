import { schedule } from 'node-cron';
import type { CronFire } from '../core/windows/facts.ts';
import type { WindowSpec } from '../model/window-spec.ts';

/** Notes when the cron expressions of windows come true, until the next look asks. */
export class Schedules {
  readonly #tasks: readonly { stop(): unknown }[];
  #fires: CronFire[] = [];

  constructor(windows: readonly WindowSpec[], nowMs: () => number) {
    this.#tasks = windows.flatMap((window) => {
      if (window.trigger !== 'schedule') return [];
      const { id, timezone } = window;
      const fire = (): void => void this.#fires.push({ id, atMs: nowMs() });
      return [schedule(window.cron, fire, timezone === null ? {} : { timezone })];
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
