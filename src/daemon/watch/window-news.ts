import type { LookFacts } from '../../core/windows/facts.ts';
import type { WindowSpec } from '../../model/window-spec.ts';
import { type CronTimer, onCron } from '../cron.ts';
import type { UserActions } from './user-actions.ts';

type Told = Required<Pick<LookFacts, 'manual' | 'cronFires' | 'command' | 'measuring'>>;

const nothing = (): Record<keyof Told, never[]> => ({
  manual: [],
  cronFires: [],
  command: [],
  measuring: [],
});

/** What concerns windows and becomes known between two looks: people, cron, commands, measurements and users. Kept until the next look asks. */
export class WindowNews {
  readonly #users: UserActions;
  readonly #crons: readonly CronTimer[];
  #told: Told = nothing();
  #isTold = false;

  constructor(windows: readonly WindowSpec[], users: UserActions, nowMs: () => number) {
    this.#users = users;
    this.#crons = windows.flatMap((window) => {
      if (window.trigger !== 'schedule') return [];
      const { id, cron, timezone } = window;
      return [onCron(cron, timezone, (lateMs) => this.tell({ cronFires: [{ id, atMs: nowMs() - lateMs }] }))];
    });
  }

  tell({ manual = [], cronFires = [], command = [], measuring = [] }: Partial<Told>): void {
    const told = this.#told;
    this.#told = {
      manual: [...told.manual, ...manual],
      cronFires: [...told.cronFires, ...cronFires],
      command: [...told.command, ...command],
      measuring: [...told.measuring, ...measuring],
    };
    this.#isTold ||= manual.length + cronFires.length + command.length + measuring.length > 0;
  }

  /** Whether `take` has something to give. */
  get isAny(): boolean {
    return this.#isTold || this.#users.hasNews;
  }

  /** Everything since the last call. */
  take(): Told & Required<Pick<LookFacts, 'userActions'>> {
    const told = this.#told;
    this.#told = nothing();
    this.#isTold = false;
    return { ...told, userActions: this.#users.take() };
  }

  /** Cron is heard no more. */
  stop(): void {
    for (const { stop } of this.#crons) stop();
  }
}
