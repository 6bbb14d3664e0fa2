import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../../../src/core/derive/metrics.ts';
import { deriveSeries } from '../../../../../src/core/derive/series.ts';
import { threadsBetweenLooks, whyLowerBound } from '../../../../../src/core/rules/doubts/lower-bound.ts';
import type { Tier } from '../../../../../src/model/collector.ts';
import { at, Scene } from '../../../support/evidence.ts';

function why(scene: Scene, name: string, tier: Tier): string | null {
  const { evidence, window } = scene;
  const series = deriveSeries(evidence, 'app', METRICS.get(name)!, window);
  return whyLowerBound({ evidence, target: 'app', window }, series, { tier });
}
const ran = (): Scene => new Scene().sample(20, 1, { cpuNs: 1.1e9, wakeups: 1010 });
const traced = (scene: Scene): Scene => scene.report('trace', { tier: 'zero-miss' });
const UNCAUGHT = { name: 'process', atMs: at(20), port: null, pid: 7, networkScope: null } as const;

describe('a sum is a lower bound', () => {
  it('where a task was created that nobody saw, and not where none was', () => {
    expect(why(ran(), 'cpu.percent', 'counter')).toBeNull();
    expect(why(ran().forked(20, 3), 'cpu.percent', 'counter')).toContain('what they used is not counted');
    expect(why(ran().forked(20, 3), 'wakeups.rate', 'counter')).toContain('what they used is not counted');
  });

  it('not where the trace told of each', () => {
    expect(why(traced(ran().forked(20, 3)), 'cpu.percent', 'counter')).toBeNull();
    expect(why(traced(ran().forked(20, 3)).gap(30, 31, 'trace'), 'cpu.percent', 'counter')).not.toBeNull();
  });

  it('where the count of tasks did not even show the watchdog’s own child', () => {
    const scene = ran();
    scene.evidence.controls = { planted: [UNCAUGHT], failures: [], seen: [] };
    expect(why(scene, 'cpu.percent', 'counter')).toBe('the counters did not show what the watchdog planted');
  });

  it('where its source was only sampled, though no task was created unseen', () => {
    const ended = ran().process({ id: 2, pid: 101 }).happened(30, 'exit');
    expect(why(ended, 'io.writtenBytes', 'sampled')).not.toBeNull();
    const oneThreadLess = ran().sample(30, 1, { cpuNs: 1.2e9, threads: 1 });
    expect(why(oneThreadLess, 'io.writtenBytes', 'sampled')).toContain('may have ended uncounted');
    expect(why(oneThreadLess, 'threads', 'sampled')).toBeNull();
    const unread = ran().unread('threads');
    expect(why(unread, 'cpu.percent', 'sampled')).toContain('may have ended uncounted');
  });

  it('not where it was only sampled and nothing can have ended: none did, and no task was created unseen', () => {
    expect(why(new Scene(), 'cpu.percent', 'sampled')).toBeNull();
    expect(why(ran(), 'cpu.percent', 'sampled')).toBeNull();
    expect(why(ran().forked(20, 3), 'cpu.percent', 'sampled')).not.toBeNull();
    // The trace tells of processes, and not of threads.
    expect(why(traced(ran().forked(20, 3)), 'cpu.percent', 'sampled')).toContain('may have ended uncounted');
    // Of what came before the window nothing is in its sum.
    expect(why(ran().sample(-2, 1, { threads: 1 }), 'cpu.percent', 'sampled')).toBeNull();
    const later = ran().sample(61, 1, { threads: 1 });
    expect(why(later, 'cpu.percent', 'sampled')).toBeNull();
  });

  it('where the trace told of more wakes than ended threads left in the counters', () => {
    const woken = traced(ran()).woke(1, 50, 600);
    expect(why(woken, 'wakeups.rate', 'sampled')).toContain('the trace told of 600 wakes');
    expect(why(woken, 'wakeups.rate', 'counter')).toBeNull();
    expect(why(traced(ran()).woke(1, 50, 12), 'wakeups.rate', 'sampled')).toBeNull();
  });

  it('where threads may have come and gone between two looks, which the trace does not tell', () => {
    const reason = (scene: Scene): string | null => {
      const { evidence, window } = scene;
      const series = deriveSeries(evidence, 'app', METRICS.get('threads')!, window);
      return threadsBetweenLooks({ evidence, target: 'app', window }, series);
    };
    expect(reason(traced(ran().forked(20, 3)))).toContain('threads may have come and gone');
    expect(reason(traced(ran()))).toBeNull();
  });

  it('never of a level, which nobody adds up', () => {
    expect(why(ran().forked(20, 3), 'memory.rss', 'sampled')).toBeNull();
  });
});

describe('network traffic is a lower bound', () => {
  it('where the namespace sent more than was seen, and it was only sampled', () => {
    const scene = ran().moved(20, { udpOutDatagrams: 3 });
    expect(why(scene, 'network.bytesSent', 'sampled')).not.toBeNull();
    expect(why(scene, 'network.bytesSent', 'zero-miss')).toBeNull();
    expect(why(traced(scene), 'network.bytesSent', 'sampled')).toBeNull();
  });

  it('not where nothing was sent; but where counters that stood still showed nothing planted', () => {
    expect(why(ran(), 'network.bytesSent', 'sampled')).toBeNull();
    const scene = ran();
    const planted = (['tcp', 'udp'] as const).map((name) => ({ ...UNCAUGHT, name, port: 1, pid: null }));
    scene.evidence.controls = { planted, failures: [], seen: [] };
    expect(why(scene, 'network.bytesSent', 'sampled')).toContain('did not show what the watchdog planted');
  });
});
