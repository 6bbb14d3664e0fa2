import { expect } from 'vitest';
import type { WindowAction } from '../../../../src/core/windows/action.ts';
import type { LookFacts } from '../../../../src/core/windows/facts.ts';
import { WindowEngine, type WindowPlan } from '../../../../src/core/windows/engine.ts';
import type { WindowEnd } from '../../../../src/model/evidence.ts';
import type {
  ManualSpec,
  RunSpec,
  ScheduleSpec,
  UserQuietSpec,
  WindowSpec,
} from '../../../../src/model/window-spec.ts';

const limits = { settleMs: 10_000, maxDurationMs: 3_600_000, minDurationMs: 10_000, guardMs: 2000 };

export const userQuiet = (given: Partial<UserQuietSpec> = {}): UserQuietSpec => ({
  id: 'after-chat',
  trigger: 'user-quiet',
  quietForMs: 60_000,
  ...limits,
  ...given,
});
export const schedule = (given: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  id: 'nightly',
  trigger: 'schedule',
  cron: '0 2 * * *',
  durationMs: 600_000,
  timezone: null,
  ...limits,
  ...given,
});
export const manual = (given: Partial<ManualSpec> = {}): ManualSpec => ({
  id: 'by-hand',
  trigger: 'manual',
  ...limits,
  ...given,
});
export const run = (given: Partial<RunSpec> = {}): RunSpec => ({
  id: 'whole',
  trigger: 'run',
  ...limits,
  ...given,
});

export interface Entry {
  id: string;
  fromMs: number;
  toMs: number;
  closedBy: WindowEnd;
}

/** Carries out what an engine says, as the daemon does, and refuses what makes no sense. */
export class Book {
  readonly open: Map<string, number> = new Map();
  windows: Entry[] = [];
  readonly actions: WindowAction[] = [];
  opened = 0;
  ended = 0;

  take(actions: readonly WindowAction[]): void {
    for (const action of actions) {
      this.actions.push(action);
      const { id, fromMs } = action;
      const at = this.windows.findIndex((one) => one.id === id && one.fromMs === fromMs);
      switch (action.kind) {
        case 'open':
          expect(this.open.has(id)).toBe(false);
          this.open.set(id, fromMs);
          this.opened += 1;
          break;
        case 'close':
        case 'discard':
          expect(this.open.get(id)).toBe(fromMs);
          this.open.delete(id);
          this.ended += 1;
          if (action.kind === 'close') this.#write(action);
          break;
        case 'amend':
          expect(at).toBeGreaterThanOrEqual(0);
          expect(action.toMs).toBeLessThanOrEqual(this.windows[at]!.toMs);
          this.windows.splice(at, 1);
          this.#write(action);
          break;
        default:
          expect(at).toBeGreaterThanOrEqual(0);
          this.windows.splice(at, 1);
      }
    }
  }

  #write({ id, fromMs, toMs, closedBy }: Entry): void {
    expect(toMs).toBeGreaterThan(fromMs);
    this.windows.push({ id, fromMs, toMs, closedBy });
    this.windows.sort((a, b) => a.fromMs - b.fromMs);
  }
}

type Facts = Omit<LookFacts, 'nowMs' | 'previousMs'>;

/** An engine that looks once a second from 0 on. Times in seconds. */
export class Loop {
  readonly engine: WindowEngine;
  readonly book: Book = new Book();
  #previousMs: number | null = null;

  constructor(
    windows: readonly WindowSpec[],
    { startMs = 0, ...plan }: Partial<WindowPlan> & { startMs?: number } = {},
  ) {
    this.engine = new WindowEngine({ windows, tickMs: 1000, ...plan }, startMs);
  }

  /** Looks each second up to a time; the facts are told at the last of them. */
  until(seconds: number, facts: Facts = {}): WindowAction[] {
    let atMs = this.#previousMs === null ? 0 : this.#previousMs + 1000;
    for (; atMs < seconds * 1000; atMs += 1000) this.#look(atMs, {});
    return this.#look(seconds * 1000, facts);
  }

  /** One look after a pause. */
  after(seconds: number, facts: Facts = {}): WindowAction[] {
    return this.#look(seconds * 1000, facts);
  }

  take(actions: readonly WindowAction[]): readonly WindowAction[] {
    this.book.take(actions);
    return actions;
  }

  #look(nowMs: number, facts: Facts): WindowAction[] {
    const actions = this.engine.look({ nowMs, previousMs: this.#previousMs, ...facts });
    this.#previousMs = nowMs;
    this.book.take(actions);
    return actions;
  }

  /** `[from, to, closedBy]` in seconds. */
  get windows(): [number, number, WindowEnd][] {
    return this.book.windows.map(({ fromMs, toMs, closedBy }) => [fromMs / 1000, toMs / 1000, closedBy]);
  }
}
