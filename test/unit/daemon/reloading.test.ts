import { describe, expect, it } from 'vitest';
import type { DaemonPlan } from '../../../src/daemon/plan.ts';
import { Problems } from '../../../src/daemon/problems.ts';
import { Reloading } from '../../../src/daemon/reloading.ts';
import { quietLog } from '../../support/quiet-log.ts';

const planOf = (name: string, alerts: DaemonPlan['alerts'] = [], stateFolder = '/state'): DaemonPlan =>
  ({
    configPath: name,
    configSha256: '',
    stateFolder,
    sources: [],
    metricsAddress: name,
    alerts,
    reports: {},
  }) as never;

const webhook = (key: string): DaemonPlan['alerts'] => [
  { key, sink: { type: 'webhook', url: 'http://127.0.0.1:9/' } },
];

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** What a daemon has in use, part by part. */
class Stage {
  used: Record<'watch' | 'metrics' | 'summaries' | 'sinks', string> = {
    watch: 'first',
    metrics: 'first',
    summaries: 'first',
    sinks: '',
  };
  loads: DaemonPlan[] = [];
  fault: Error | null = null;
  readonly watching: { plan: DaemonPlan; use: (plan: DaemonPlan) => boolean } = {
    plan: planOf('first'),
    use: (plan) => {
      this.watching.plan = plan;
      this.used.watch = plan.configPath;
      return false;
    },
  };
  readonly problems: Problems = new Problems();
  readonly quiet = quietLog();
  readonly reloading: Reloading;

  constructor() {
    this.reloading = new Reloading({
      load: () => this.loads.shift()!,
      stateFolder: '/state',
      watching: this.watching,
      endpoint: {
        use: (address) => {
          this.used.metrics = address ?? '';
          return Promise.resolve();
        },
      },
      summaries: { use: () => void (this.used.summaries = this.used.metrics) },
      schedule: { use: () => {} },
      post: {
        // Something is being sent.
        use: async (sinks) => {
          await soon();
          if (this.fault !== null) throw this.fault;
          this.used.sinks = sinks.map(({ key }) => key).join();
        },
      },
      problems: this.problems,
      notifier: { reloading: () => {} },
      log: this.quiet.log,
    });
  }
}

describe('taking another configuration', () => {
  it('lets the last one count, whatever those before it have to wait for', async () => {
    const stage = new Stage();
    stage.loads = [planOf('second', webhook('a')), planOf('third')];
    await Promise.all([stage.reloading.reload(), stage.reloading.reload()]);
    expect(stage.used).toEqual({ watch: 'third', metrics: 'third', summaries: 'third', sinks: '' });
  });

  it('says that another state folder needs a restart, until it is named as before', async () => {
    const stage = new Stage();
    stage.loads = [planOf('second', [], '/elsewhere'), planOf('third')];
    await stage.reloading.reload();
    expect(stage.used.watch).toBe('second');
    expect(stage.problems.all).toMatchObject([
      { kind: 'reload', text: expect.stringContaining('needs a restart') },
    ]);
    expect(stage.quiet.said).toEqual([expect.stringMatching(/^warn .*needs a restart/)]);
    await stage.reloading.reload();
    expect(stage.problems.all).toEqual([]);
  });

  it('takes all of it or nothing', async () => {
    const stage = new Stage();
    stage.loads = [planOf('second', webhook('a'))];
    stage.fault = new Error('the outbox cannot be written');
    await expect(stage.reloading.reload()).rejects.toThrow('the outbox');
    expect(stage.used).toEqual({ watch: 'first', metrics: 'first', summaries: 'first', sinks: '' });
    expect(stage.problems.all).toMatchObject([{ kind: 'reload', text: 'the outbox cannot be written' }]);
  });

  it('goes back with all of it where it cannot be watched, but not behind a later one', async () => {
    const stage = new Stage();
    const [first, second, third] = [stage.watching.plan, planOf('second', webhook('a')), planOf('third')];
    stage.loads = [second, third];
    await stage.reloading.reload();
    stage.watching.plan = first;
    stage.reloading.goBack(second, first);
    await stage.reloading.close();
    expect(stage.used).toEqual({ watch: 'second', metrics: 'first', summaries: 'first', sinks: '' });
    stage.reloading.goBack(second, first);
    const reloaded = stage.reloading.reload();
    stage.watching.plan = third;
    await reloaded;
    await stage.reloading.close();
    expect(stage.used).toMatchObject({ metrics: 'third', summaries: 'third' });
  });

  it('is done with what was begun when it is closed', async () => {
    const stage = new Stage();
    stage.loads = [planOf('second', webhook('a'))];
    void stage.reloading.reload();
    await stage.reloading.close();
    expect(stage.used.watch).toBe('second');
  });
});
