import { describe, expect, it } from 'vitest';
import type { DaemonPlan } from '../../../../src/daemon/plan.ts';
import { Problems } from '../../../../src/daemon/problems.ts';
import { Watching } from '../../../../src/daemon/watch/watching.ts';
import type { WatchRun } from '../../../../src/daemon/watch/watch-run.ts';
import { quietLog } from '../../../support/quiet-log.ts';
import { until } from '../../../support/until.ts';

/** Of two plans with another tick, one cannot be watched by the watch of the other. */
const planOf = (tickMs: number, strict = false): DaemonPlan =>
  ({ tickMs, judging: { strict, acceptSampledMs: null } }) as DaemonPlan;

/** A daemon that watches nothing; `open` says what becomes of each plan. */
class Stage {
  readonly stop: AbortController = new AbortController();
  readonly events: string[] = [];
  readonly problems: Problems = new Problems();
  readonly watching: Watching;
  fault: Error | null = null;

  constructor(plan: DaemonPlan, open: (plan: DaemonPlan) => Promise<void>) {
    this.watching = new Watching(
      plan,
      {
        open: async (next) => {
          await open(next);
          return this.#runOf(next);
        },
        onBegun: (run) => void this.events.push(`begun ${run.plan.tickMs}`),
        end: (run, closedBy, judging) => {
          const how = judging.judging.strict ? ' strictly' : '';
          this.events.push(`${closedBy} ${run.plan.tickMs} by ${judging.tickMs}${how}`);
          return Promise.resolve();
        },
        onRefused: (refused, used) => void this.events.push(`refused ${refused.tickMs} for ${used.tickMs}`),
        onAttempt: () => void this.events.push('attempt'),
        problems: this.problems,
        log: quietLog().log,
      },
      1,
    );
  }

  /** Waits until a plan is watched, after what has happened so far. */
  async begun(tickMs: number, after = 0): Promise<void> {
    await until(() => this.events.includes(`begun ${tickMs}`, after));
  }

  #runOf(plan: DaemonPlan): WatchRun {
    const run: Pick<WatchRun, 'plan' | 'watch' | 'release'> = {
      plan,
      release: () => void this.events.push(`released ${plan.tickMs}`),
      watch: (signal) =>
        new Promise((resolve, reject) => {
          if (this.fault !== null) reject(this.fault);
          if (signal.aborted) resolve(null);
          signal.addEventListener('abort', () => resolve(null));
        }),
    };
    return run as WatchRun;
  }
}

describe('one watch after the other', () => {
  it('judges what was watched by what asked for it, with what changed meanwhile beside the watch', async () => {
    const stage = new Stage(planOf(1), () => Promise.resolve());
    const { watching } = stage;
    const over = watching.follow(stage.stop.signal);
    await stage.begun(1);
    expect(watching.use(planOf(1, true))).toBe(false);
    expect(watching.judging.judging.strict).toBe(true);
    expect(watching.use(planOf(2))).toBe(true);
    expect(watching.judging).toMatchObject({ tickMs: 1, judging: { strict: true } });
    await stage.begun(2);
    expect(watching.judging).toBe(watching.plan);
    stage.stop.abort();
    await over;
    expect(stage.events.filter((event) => event !== 'attempt')).toEqual([
      'begun 1',
      'reload 1 by 1 strictly',
      'begun 2',
      'shutdown 2 by 2',
    ]);
    expect(watching.run).toBeNull();
  });

  it('goes back to the plan before where one cannot be watched', async () => {
    const stage = new Stage(planOf(1), ({ tickMs }) =>
      tickMs === 2 ? Promise.reject(new Error('no such folder')) : Promise.resolve(),
    );
    const over = stage.watching.follow(stage.stop.signal);
    await stage.begun(1);
    const before = stage.events.length;
    stage.watching.use(planOf(2));
    await stage.begun(1, before);
    expect(stage.watching.plan.tickMs).toBe(1);
    expect(stage.events).toContain('refused 2 for 1');
    expect(stage.problems.all).toMatchObject([{ kind: 'reload', text: 'no such folder' }]);
    stage.stop.abort();
    await over;
  });

  it('takes the plan that was asked for while another one was found wanting', async () => {
    const stage = new Stage(planOf(1), async ({ tickMs }) => {
      if (tickMs !== 2) return;
      // Somebody mends the file at once.
      expect(stage.watching.use(planOf(3))).toBe(true);
      throw new Error('no such folder');
    });
    const over = stage.watching.follow(stage.stop.signal);
    await stage.begun(1);
    stage.watching.use(planOf(2));
    await stage.begun(3);
    expect(stage.watching.plan.tickMs).toBe(3);
    expect(stage.events.at(-1)).toBe('begun 3');
    stage.stop.abort();
    await over;
    expect(stage.events.filter((event) => event.startsWith('refused'))).toEqual([]);
    // Once: the wish for it is not taken for one more.
    expect(stage.events.filter((event) => event === 'begun 3')).toHaveLength(1);
  });

  it('tries what worked before again and again, and is alive at each attempt', async () => {
    let isGone = false;
    const stage = new Stage(planOf(1), () =>
      isGone ? Promise.reject(new Error('unmounted')) : Promise.resolve(),
    );
    const over = stage.watching.follow(stage.stop.signal);
    await stage.begun(1);
    isGone = true;
    stage.watching.beginAnew('a day has passed');
    await until(() => stage.events.filter((event) => event === 'attempt').length > 2);
    expect(stage.problems.all).toMatchObject([{ kind: 'watch', text: 'unmounted' }]);
    const before = stage.events.length;
    isGone = false;
    await stage.begun(1, before);
    expect(stage.problems.all).toEqual([]);
    expect(stage.events.at(-1)).toBe('begun 1');
    stage.stop.abort();
    await over;
  });

  it('lets go of a watch that fails', async () => {
    const stage = new Stage(planOf(1), () => Promise.resolve());
    stage.fault = new Error('a fault');
    await expect(stage.watching.follow(stage.stop.signal)).rejects.toThrow('a fault');
    expect(stage.events).toEqual(['attempt', 'begun 1', 'released 1']);
    expect(stage.watching.run).toBeNull();
  });
});
