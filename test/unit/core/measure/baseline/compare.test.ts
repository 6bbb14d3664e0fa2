import { describe, expect, it } from 'vitest';
import { type ComparisonOptions, compareMeasured } from '../../../../../src/core/measure/baseline/compare.ts';
import { FEWEST } from '../../../../../src/core/measure/baseline/rows.ts';
import { parseExpected } from '../../../../../src/core/measure/expect.ts';
import { shareOf } from '../../../../../src/core/measure/share-interval.ts';
import { statisticsOf } from '../../../../../src/core/measure/statistics.ts';
import type { MeasuredRun } from '../../../../../src/model/measure-document.ts';
import type { Measurement, Statistic } from '../../../../../src/model/measurement.ts';
import { measuredRun, measurementOf, normalOf, randomOf } from '../../../support/measured-runs.ts';

const USUAL: ComparisonOptions = {
  allowance: { percent: 1, points: 1 },
  tolerance: { percent: 10, points: 5 },
  better: new Map(),
  acrossHosts: false,
  statistics: null,
  expected: [],
};

const compare = (before: MeasuredRun[], after: MeasuredRun[], some: Partial<ComparisonOptions> = {}) =>
  compareMeasured({ baseline: 'v1', before, after }, { ...USUAL, ...some });

/** Values around a level, evenly spread by so much of it. */
const around = (level: number, count: number, spread = 0.02): number[] =>
  Array.from({ length: count }, (_, index) => level * (1 + spread * ((2 * index) / (count - 1) - 1)));
const started = (level: number, count = 100, some: Partial<Measurement> = {}) => [
  measuredRun([measurementOf(around(level, count), some)]),
];
const exact = (name: string, value: number, some: Partial<Measurement> = {}): Measurement =>
  measurementOf([], {
    name,
    count: 1,
    statistics: { value: { value, interval: { low: value, high: value } } },
    ...some,
  });
const errors = (part: number, whole: number): Measurement =>
  measurementOf([], {
    name: 'http.errors',
    count: whole,
    statistics: { value: shareOf(part, whole) ?? { value: 0, interval: null } },
  });
const expected = (text: string) => {
  const parsed = parseExpected(text, '');
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
};
const statuses = ({ rows }: ReturnType<typeof compare>) =>
  rows.map(({ statistic, status }) => [statistic, status]);

describe('compareMeasured', () => {
  it('calls the same the same', () => {
    const same = compare(started(1), started(1));
    expect(same.verdict).toBe('pass');
    expect(statuses(same)).toEqual([
      ['mean', 'same'],
      ['p50', 'same'],
      ['p95', 'same'],
    ]);
    expect(same.headline).toBe('PASS: 3 the same, against v1');
  });

  it('finds what became slower, and faster', () => {
    const slower = compare(started(1), started(1.2));
    expect(slower.verdict).toBe('fail');
    expect(slower.rows[0]).toMatchObject({ status: 'regression', change: { value: expect.closeTo(20, 6) } });
    const faster = compare(started(1.2), started(1));
    expect(faster.verdict).toBe('pass');
    expect(statuses(faster).every(([, status]) => status === 'better')).toBe(true);
  });

  it('leaves open what is worse within the noise, and what the noise could hide', () => {
    const noisy = (level: number) => [measuredRun([measurementOf(around(level, 30, 0.3))])];
    const worse = compare(noisy(1), noisy(1.05));
    expect(worse.verdict).toBe('inconclusive');
    expect(worse.rows[0]?.reason).toContain('not beyond the noise');
    const same = compare(noisy(1), noisy(1));
    expect(same.verdict).toBe('inconclusive');
    expect(same.rows[0]?.reason).toMatch(
      /too noisy.*% worse is possible; some \d+ runs a side would tell the same from 10 % worse$/,
    );
    expect(same.rows[0]?.runsNeeded).toBeGreaterThan(1);
    const most = Math.max(...same.rows.map(({ runsNeeded }) => runsNeeded ?? 0));
    expect(same.notes.join()).toContain(`some ${most} runs a side (1 now) would tell`);
  });

  it('goes by an allowance with both the effect and the near end', () => {
    expect(
      compare(started(1), started(1.2), { allowance: { percent: 19.8, points: 1 } }).rows[1]?.status,
    ).toBe('inconclusive');
    expect(compare(started(1), started(1.2), { allowance: { percent: 5, points: 1 } }).rows[1]?.status).toBe(
      'regression',
    );
    expect(compare(started(1), started(1.2), { allowance: { percent: 30, points: 1 } }).verdict).toBe('pass');
  });

  it('says how few values there are, and judges by those statistics that the baseline carries', () => {
    const few = compare(started(1, 10), started(1, 10), { tolerance: { percent: 50, points: 5 } });
    expect(statuses(few)).toEqual([
      ['mean', 'notJudged'],
      ['p50', 'same'],
      ['p95', 'notJudged'],
    ]);
    expect(few.rows[2]?.reason).toBe('too few values: n = 10, and p95 needs 72');
    expect(few.verdict).toBe('pass');
    expect(compare(started(1, 10), started(1, 10), { statistics: ['p95'] }).verdict).toBe('inconclusive');
    expect(compare(started(1, 5), started(1, 5)).verdict).toBe('inconclusive');
    // What the baseline carries, and there are too few values for now, is open.
    expect(compare(started(1, 100), started(1, 10), { tolerance: { percent: 50, points: 5 } }).verdict).toBe(
      'inconclusive',
    );
  });

  it('leaves no measurement to another one: a load of five requests says nothing of the latency', () => {
    const load = (seconds: number, count: number) => [
      measuredRun([
        measurementOf(around(seconds, count), { name: 'http.latency' }),
        // What a whole run gives once: the throughput of so short a time, and what the server used.
        ...['http.throughput', 'http.cpu', 'http.memory'].map((name) =>
          measurementOf([], { name, count, statistics: { value: { value: 9, interval: null } } }),
        ),
        errors(0, Math.max(count, 200)),
      ]),
    ];
    const few = compare(load(0.01, 5), load(0.5, 500));
    expect(few.verdict).toBe('inconclusive');
    expect(few.rows.map(({ measurement, status }) => [measurement, status])).toEqual([
      ['http.latency', 'inconclusive'],
      ['http.latency', 'inconclusive'],
      ['http.latency', 'inconclusive'],
      ['http.throughput', 'inconclusive'],
      ['http.cpu', 'inconclusive'],
      ['http.memory', 'inconclusive'],
      ['http.errors', 'same'],
    ]);
    // Where the latency is judged, what a run gives only once is left to it, and told.
    const enough = compare(load(0.01, 100), load(0.01, 100));
    expect(enough.verdict).toBe('pass');
    expect(enough.headline).toBe('PASS: 4 the same, 3 not judged, against v1');
    // To that of the same thing alone.
    const other = ([run]: MeasuredRun[], id: string) =>
      measuredRun((run?.measurements ?? []).map((one) => ({ ...one, id })));
    const both = (count: number) => [other(load(0.01, count), 'few'), other(load(0.01, 100), 'many')];
    expect(compare(both(5), both(100)).verdict).toBe('inconclusive');
  });

  it('leaves open what cannot be compared for another reason than too few values', () => {
    const run = (conditions: Record<string, number>) => [
      measuredRun([measurementOf(around(1, 10))], { conditions }),
    ];
    const other = compare(run({ concurrency: 1 }), run({ concurrency: 2 }));
    expect(new Set(statuses(other).map(([, status]) => status))).toEqual(new Set(['inconclusive']));
  });

  it('knows how many values each statistic needs', () => {
    for (const [statistic, needed] of Object.entries(FEWEST) as [Statistic, number][]) {
      expect(statisticsOf(around(1, needed)).statistics[statistic]?.interval).not.toBeNull();
      expect(statisticsOf(around(1, needed - 1)).statistics[statistic]?.interval).toBeNull();
    }
  });

  it('compares nothing across classes of hosts, unless told to, but for the size of files', () => {
    const [slow] = started(1.2);
    const other = { ...(slow as MeasuredRun), cpuModel: 'another CPU' };
    const across = compare(started(1), [other]);
    expect(across.verdict).toBe('inconclusive');
    expect(across.rows[0]?.reason).toBe('another host: some CPU, and then another CPU');
    expect(compare(started(1), [other], { acrossHosts: true }).verdict).toBe('fail');
    const sized = (bytes: number, cpuModel: string) => [
      measuredRun([exact('size.raw', bytes)], { cpuModel }),
    ];
    expect(compare(sized(1000, 'a'), sized(1005, 'b')).verdict).toBe('pass');
    expect(compare(sized(1000, 'a'), sized(1020, 'b')).verdict).toBe('fail');
    const host = { ...(slow as MeasuredRun).host, cpus: 8 };
    expect(compare(started(1), [{ ...other, cpuModel: 'some CPU', host }]).rows[0]?.reason).toContain(
      '2 CPUs, and then 8',
    );
  });

  it('says other versions and targets, and compares nothing under other conditions', () => {
    const [slow] = started(1);
    const tool = { name: 'idleproof', version: '2.0.0', node: '22.0.0' } as const;
    const versions = compare(started(1), [{ ...(slow as MeasuredRun), tool }]);
    expect(versions.notes).toContain('other versions: node 20.0.0, and then 22.0.0');
    expect(versions.verdict).toBe('pass');
    expect(compare(started(1), [{ ...(slow as MeasuredRun), target: 'another' }]).notes).toContain(
      'other targets: app, and then another',
    );
    const conditions = compare(started(1), [{ ...(slow as MeasuredRun), conditions: { concurrency: 5 } }]);
    expect(conditions.rows[0]?.reason).toBe('measured under other conditions: concurrency none, and then 5');
    expect(conditions.verdict).toBe('inconclusive');
  });

  it('does not pass what was not measured again, nor what is nothing to go by', () => {
    const two = [measuredRun([measurementOf(around(1, 100)), exact('size.raw', 10)])];
    const gone = compare(two, started(1));
    expect(gone.rows.at(-1)).toMatchObject({
      status: 'inconclusive',
      reason: 'not measured any more',
      after: null,
    });
    expect(gone.verdict).toBe('inconclusive');
    expect(compare(started(1), started(1, 100, { problem: 'it was interrupted' })).verdict).toBe(
      'inconclusive',
    );
    expect(compare(started(1), two).verdict).toBe('inconclusive');
    expect(compare([], []).verdict).toBe('inconclusive');
  });

  it('takes a higher rate for a better one, and asks where nobody knows', () => {
    const rate = (value: number) => [measuredRun([exact('http.throughput', value)])];
    expect(compare(rate(100), rate(80)).verdict).toBe('fail');
    expect(compare(rate(100), rate(120)).rows[0]?.status).toBe('better');
    const count = (value: number) => [
      measuredRun([
        exact('run.count', value, { statistics: { p50: { value, interval: { low: value, high: value } } } }),
      ]),
    ];
    const open = compare(count(10), count(20), { statistics: ['p50'] });
    expect(open.verdict).toBe('inconclusive');
    expect(open.rows[0]?.reason).toContain('--higher-is-better');
    const told = (better: 'lower' | 'higher') =>
      compare(count(10), count(20), { statistics: ['p50'], better: new Map([['run.count', better]]) })
        .verdict;
    expect([told('lower'), told('higher')]).toEqual(['fail', 'pass']);
  });

  it('compares percentages by points: from none to some is a change', () => {
    const failed = (part: number, whole: number) => [measuredRun([errors(part, whole)])];
    expect(compare(failed(0, 200), failed(0, 200)).rows[0]).toMatchObject({
      status: 'same',
      change: { unit: 'points', value: 0 },
    });
    const some = compare(failed(0, 200), failed(20, 200));
    expect(some.rows[0]).toMatchObject({ status: 'regression', change: { unit: 'points', value: 10 } });
    expect(compare(failed(0, 200), failed(2, 200)).verdict).toBe('pass');
    // What may become slower by half may not fail more often for it.
    const slack = { allowance: { percent: 50, points: 1 } };
    expect(compare(failed(0, 200), failed(20, 200), slack).verdict).toBe('fail');
    expect(compare(failed(0, 20), failed(1, 20)).verdict).toBe('inconclusive');
  });

  it('takes none of a few for none only as far as a few can tell', () => {
    const none = (count: number) => [measuredRun([errors(0, count)])];
    // One request of five that fails is missed in a third of all runs.
    const few = compare(none(5), none(5));
    expect(few.verdict).toBe('inconclusive');
    expect(few.rows[0]?.reason).toMatch(/^too noisy, or too few values: \S+ points worse is possible/);
    expect(compare(none(200), none(200)).verdict).toBe('pass');
    // Nothing in every page load is nothing, and knows no ratio; what may as well be something is not.
    const blocked = (high: number) => [
      measuredRun([
        measurementOf([], {
          name: 'page.blocked',
          count: 10,
          statistics: { p50: { value: 0, interval: { low: 0, high } } },
        }),
      ]),
    ];
    const median = { statistics: ['p50'] } as const;
    expect(compare(blocked(0), blocked(0), median).rows[0]).toMatchObject({
      status: 'same',
      reason: 'none, and none',
    });
    expect(compare(blocked(0), blocked(0.4), median).verdict).toBe('inconclusive');
  });

  it('holds what it is now against limits: met, close, missed', () => {
    const limit = (text: string) => compare(started(1), started(1), { expected: [expected(text)] });
    const outcome = (text: string) =>
      limit(text).rows.flatMap(({ limits }) => limits.map((one) => one.outcome));
    expect(outcome('startup.p50 < 2s')).toEqual(['met']);
    expect(outcome('startup.p50 < 950ms')).toEqual(['close']);
    expect(outcome('startup.p50 < 500ms')).toEqual(['missed']);
    expect(['2s', '950ms', '500ms'].map((to) => limit(`startup.p50 < ${to}`).verdict)).toEqual([
      'pass',
      'fail',
      'fail',
    ]);
    expect(limit('http.latency.p95 < 1s')).toMatchObject({
      verdict: 'inconclusive',
      notes: expect.arrayContaining(['http.latency.p95 < 1s: not measured']),
    });
  });

  it('matches a server that listens elsewhere, and keeps targets apart where there are several', () => {
    const on = (level: number, target: string) => measurementOf(around(level, 100), { target });
    expect(compare([measuredRun([on(1, 'port-1')])], [measuredRun([on(1.2, 'port-2')])]).verdict).toBe(
      'fail',
    );
    const both = compare([measuredRun([on(1, 'a'), on(2, 'b')])], [measuredRun([on(2, 'b'), on(1, 'a')])]);
    expect(both.verdict).toBe('pass');
    expect(both.rows).toHaveLength(6);
  });

  it('says that few runs do not show what differs between runs', () => {
    expect(compare(started(1), started(1)).notes.join()).toContain('too few runs');
    const three = [...started(1), ...started(1), ...started(1)];
    expect(compare(three, three).notes).toEqual([]);
    const sizes = [measuredRun([exact('size.raw', 10)])];
    expect(compare(sizes, sizes).notes).toEqual([]);
  });

  it('seldom calls a distribution worse than itself, and finds a shift of 10 % in 10 % of noise', () => {
    const random = randomOf(50);
    const normal = normalOf(random);
    const run = (of: () => number) => [measuredRun([measurementOf(Array.from({ length: 50 }, of))])];
    const worse = (before: () => number, after: () => number, allowance: number): number => {
      const tries = Array.from({ length: 400 }, () =>
        compare(run(before), run(after), { allowance: { percent: allowance, points: 1 } }),
      );
      return tries.filter(({ verdict }) => verdict === 'fail').length / tries.length;
    };
    const lognormal = () => Math.exp(0.5 * normal());
    const bimodal = () => (random() < 0.5 ? 1 : 3) * (1 + 0.05 * normal());
    const heavy = () => (1 - random()) ** (-1 / 1.5);
    for (const of of [lognormal, bimodal, heavy]) expect(worse(of, of, 0)).toBeLessThanOrEqual(0.02);
    const noisy = (level: number) => () => level * (1 + 0.1 * normal());
    expect(worse(noisy(1), noisy(1.1), 1)).toBeGreaterThan(0.9);
  });
});
