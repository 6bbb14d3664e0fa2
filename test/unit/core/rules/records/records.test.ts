import { describe, expect, it } from 'vitest';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../../src/core/rules/pack.ts';
import { warningsOf } from '../../../../../src/core/rules/warnings.ts';
import type { DerivedMetric } from '../../../../../src/model/derived-metric.ts';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { Scene } from '../../../support/evidence.ts';
import { ruleOf } from '../../../support/packs.ts';

const OPTIONS = { strict: false, acceptSampledMs: null };

function only(scene: Scene, rules: RulePack): RuleResult {
  const [result] = judge(scene.evidence, [rules], OPTIONS);
  if (result === undefined) throw new Error('expected a result');
  return result;
}

const limit = (metric: string, expectation: Record<string, string>): RulePack =>
  ruleOf({ kind: 'threshold', metric, expect: expectation });

describe('metrics of lines', () => {
  const quick = limit('log.load.duration_ms', { p95: '< 1s', max: '< 2s' });

  it('are those of the window, in the unit that their name tells', () => {
    const scene = new Scene().withLogs(['load']).line(-2, 'load', { duration_ms: 9000 });
    scene.line(10, 'load', { duration_ms: 812 }).line(20, 'load', { duration_ms: 412, other: 1 });
    scene.line(30, 'unload', { duration_ms: 9000 }).line(40, 'load', { note: 'no number of that name' });
    expect(only(scene, quick)).toMatchObject({
      verdict: 'pass',
      measured: 'max 0.812 s, p95 0.812 s',
      tier: 'counter',
    });
    expect(only(scene.line(50, 'load', { duration_ms: 2500 }), quick)).toMatchObject({
      verdict: 'fail',
      findings: [{ subject: { metric: 'log.load.duration_ms', aggregate: 'max' }, count: 3 }, {}],
    });
  });

  it('are no 0 where nothing was written', () => {
    const sum = limit('log.load.duration_ms', { sum: '< 1s' });
    for (const rules of [quick, sum]) {
      expect(only(new Scene().withLogs(['load']), rules)).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('nothing was measured'),
      });
    }
  });

  it.each<[string, (scene: Scene) => Scene, string]>([
    [
      'a value is no number',
      (scene) => scene.line(20, 'load', { duration_ms: 'long' }),
      'not known as a number',
    ],
    ['fields were left out', (scene) => scene.line(20, 'load', { '…': 3 }), 'not known as a number'],
    ['a stamp is doubtful', (scene) => scene.line(20, 'load', {}, { stampDoubtful: true }), 'zone? 1 line'],
    ['lines were lost', (scene) => scene.report('logs', { target: 'app', lost: 1 }), 'logs lost 1 record'],
    ['there was a gap', (scene) => scene.gap(20, 21, 'logs', 'app'), 'logs failed for 1 s'],
    [
      'the log could not be read',
      (scene) => scene.report('logs', { target: 'app', status: 'unavailable' }),
      'logs was not available',
    ],
  ])('are open where %s', (_, change, reason) => {
    const scene = new Scene().withLogs(['load']).line(10, 'load', { duration_ms: 812 });
    expect(only(scene, quick).verdict).toBe('pass');
    expect(only(change(scene), quick)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining(reason),
    });
  });

  it('do not apply where no log was given', () => {
    expect(only(new Scene(), quick).verdict).toBe('notApplicable');
  });

  it('know categories and fields with dots', () => {
    const rules = limit('log.http.done.req.total_ms', { max: '< 1s' });
    const scene = new Scene().withLogs().line(10, 'http.done', { 'req.total_ms': 5 });
    expect(only(scene.line(11, 'http', { 'done.req.total_ms': 7 }), rules).measured).toBe('max 0.007 s');
  });

  it.each<[string, Record<string, unknown>]>([
    ['cents mean nothing', { kind: 'threshold', metric: 'log.load.duration_ms', expect: { max: '< 5MB' } }],
    [
      'delta of what is no level',
      { kind: 'threshold', metric: 'log.load.duration_ms', expect: { delta: '< 1s' } },
    ],
    ['a slope', { kind: 'trend', metric: 'log.load.duration_ms', expect: { slope: '< 1s/h' } }],
    [
      'percentiles of a ratio',
      { kind: 'threshold', metric: 'derived.retry.success', expect: { p95: '> 0.5' } },
    ],
    ['a log without a field', { kind: 'threshold', metric: 'log.load', expect: { max: '< 5' } }],
  ])('refuses %s', (_, rule) => {
    expect(() => ruleOf(rule)).toThrow(/means nothing|not a unit|not a metric/u);
  });
});

describe('rules about lines', () => {
  const noLoad = ruleOf({
    kind: 'absence',
    activity: 'log',
    match: { category: 'load' },
    unless: { after: { activity: 'log', match: { category: 'asked' } }, within: '10s' },
  });

  it('find them, and excuse them after a cause', () => {
    const scene = new Scene().withLogs(['load', 'asked']);
    expect(only(scene, noLoad).verdict).toBe('pass');
    expect(only(scene.line(-2, 'asked').line(5, 'load'), noLoad).verdict).toBe('pass');
    expect(only(scene.line(20, 'load', { model: 'big' }), noLoad)).toMatchObject({
      verdict: 'fail',
      measured: '1 load line',
      findings: [{ subject: { category: 'load' }, text: 'app: the log /app.log got a line load' }],
    });
  });

  it('do not rest on a cause whose time is not known', () => {
    const scene = new Scene().withLogs(['load', 'asked']).line(5, 'load');
    expect(only(scene.line(4, 'asked', {}, { stampedAtMs: null }), noLoad).verdict).toBe('inconclusive');
  });

  it('count a line that came late, and one that was torn at the close', () => {
    const late = new Scene()
      .withLogs(['load'])
      .line(58, 'load', {}, { firstSeenAtMs: new Scene().window.toMs + 800 });
    expect(only(late, noLoad).verdict).toBe('fail');
    const { toMs } = new Scene().window;
    const torn = { firstSeenAtMs: toMs + 800, stampedAtMs: null, notBeforeMs: toMs - 200 };
    expect(only(new Scene().withLogs(['load']).line(60.8, 'load', {}, torn), noLoad).verdict).toBe('fail');
  });

  it('are warned of in the headline where a category was never seen', () => {
    const scene = new Scene().withLogs(['load_model']);
    const results = judge(scene.evidence, [noLoad], OPTIONS);
    expect(warningsOf(scene.evidence, [noLoad], results)).toEqual([
      'load, asked never seen in the logs of app; categories seen: load_model',
    ]);
    const errors = ruleOf({ kind: 'absence', activity: 'log', match: { 'data.level': 'error' } });
    const unread = new Scene().withLogs();
    expect(warningsOf(unread.evidence, [errors], judge(unread.evidence, [errors], OPTIONS))).toEqual([
      'no line of the logs of app was ever of their format',
    ]);
  });
});

describe('derived metrics', () => {
  const derived: Record<string, DerivedMetric> = {
    'retry.success': { ratio: [{ log: 'retry_ok' }, { log: 'retry_start' }] },
    retries: { ratio: [{ log: 'retry_start' }, { log: 'request', distinct: 'id' }] },
    'audio.realtime': {
      ratio: [{ metric: 'log.transcription.audio_ms' }, { metric: 'log.transcription.duration_ms' }],
    },
    recovered: { chain: { by: 'id', from: { log: 'failed' }, to: { log: 'saved' } } },
    chat: {
      requests: {
        by: 'id',
        start: { log: 'request' },
        firstToken: { log: 'first_token' },
        end: { log: 'done' },
        tokens: 'token_count',
      },
    },
  };
  const scene = (): Scene =>
    new Scene().withLogs(
      ['retry_ok', 'retry_start', 'request', 'failed', 'saved', 'first_token', 'done'],
      derived,
    );

  it('are ratios of counts', () => {
    const rules = limit('derived.retry.success', { mean: '>= 95%' });
    expect(only(scene(), rules).verdict).toBe('inconclusive');
    const told = scene();
    for (let second = 0.5; second < 20; second += 1) told.line(second, 'retry_start');
    for (let second = 1; second < 20; second += 1) told.line(second + 0.6, 'retry_ok');
    expect(only(told, rules)).toMatchObject({ verdict: 'pass', measured: 'mean 0.95' });
    expect(only(told.line(30, 'retry_start'), rules)).toMatchObject({ verdict: 'fail' });
  });

  it('count ids once', () => {
    const told = scene()
      .line(1, 'request', { id: 'a' })
      .line(2, 'request', { id: 'a' })
      .line(3, 'request', { id: 'b' });
    told.line(4, 'retry_start').line(5, 'retry_start').line(6, 'retry_start');
    const rules = limit('derived.retries', { mean: '<= 1.5' });
    expect(only(told, rules)).toMatchObject({ verdict: 'pass', measured: 'mean 1.5' });
    expect(only(told.line(7, 'request', { id: '***' }), rules).verdict).toBe('inconclusive');
  });

  it('do not count ids that a number does not tell apart', () => {
    const told = scene()
      .line(1, 'request', { id: 2 ** 53 })
      .line(2, 'request', { id: 3 });
    told.line(4, 'retry_start').line(5, 'retry_start');
    const { verdict, reason } = only(told, limit('derived.retries', { mean: '<= 1.5' }));
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('a record request has no id that is known');
  });

  it('are ratios of sums: the speed in relation to real time', () => {
    const told = scene()
      .line(1, 'transcription', { audio_ms: 30_000, duration_ms: 10_000 })
      .line(2, 'transcription', { audio_ms: 10_000, duration_ms: 10_000 });
    expect(only(told, limit('derived.audio.realtime', { mean: '> 1' }))).toMatchObject({
      verdict: 'pass',
      measured: 'mean 2',
    });
  });

  it('follow an id from one record to another', () => {
    const rules = limit('derived.recovered', { mean: '>= 50%' });
    const told = scene()
      .line(0.5, 'saved', { id: 'b' })
      .line(1, 'failed', { id: 'a' })
      .line(2, 'failed', { id: 'b' });
    expect(only(told, rules)).toMatchObject({ verdict: 'fail', measured: 'mean 0' });
    // One that comes after the close has come.
    expect(only(told.line(61, 'saved', { id: 'a' }), rules)).toMatchObject({
      verdict: 'pass',
      measured: 'mean 0.5',
    });
    expect(only(told.line(5, 'failed'), rules)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('tell the life of requests', () => {
    const told = scene()
      .line(1, 'request', { id: 'a' })
      .line(1.5, 'first_token', { id: 'a' })
      .line(3.5, 'done', { id: 'a', token_count: 100 })
      .line(10, 'request', { id: 'b' })
      .line(12, 'first_token', { id: 'b' })
      .line(12.5, 'first_token', { id: 'b' })
      .line(20, 'done', { id: 'nobody', token_count: 1 });
    const measured = (part: string, aggregate = 'max'): string =>
      only(told, limit(`derived.chat.${part}`, { [aggregate]: '< 1000000' })).measured;
    expect(measured('ttft')).toBe('max 2 s');
    expect(measured('total')).toBe('max 2.5 s');
    expect(measured('tokens')).toBe('max 100');
    expect(measured('tokensPerSecond')).toBe('max 50/s');
    expect(measured('unfinished', 'sum')).toBe('sum 1');
    expect(measured('unknown', 'sum')).toBe('sum 1');
    expect(measured('repeated', 'sum')).toBe('sum 1');
    const { verdict, findings } = only(told, limit('derived.chat.unfinished', { sum: '== 0' }));
    expect([verdict, findings.map(({ examples }) => examples)]).toEqual([
      'fail',
      [[expect.stringMatching(/^[\d:.]+ \w+$/)]],
    ]);
  });

  it('say nothing of requests where none was ever seen, or their times are those of looks', () => {
    const none = limit('derived.chat.unfinished', { sum: '== 0' });
    expect(only(scene(), none).verdict).toBe('pass');
    expect(only(new Scene().withLogs([], derived), none)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'a record request was never seen',
    });
    const told = scene()
      .line(1, 'request', { id: 'a' }, { stampedAtMs: null })
      .line(3, 'done', { id: 'a', token_count: 1 });
    expect(only(told, limit('derived.chat.total', { max: '< 5s' })).verdict).toBe('inconclusive');
  });

  it('warn of records that were never seen', () => {
    const rules = limit('derived.recovered', { mean: '>= 50%' });
    const told = new Scene().withLogs(['failed'], derived).line(1, 'failed', { id: 'a' });
    const results = judge(told.evidence, [rules], OPTIONS);
    expect(warningsOf(told.evidence, [rules], results)).toEqual([
      'saved of derived.recovered never seen in what app writes down',
    ]);
  });
});
