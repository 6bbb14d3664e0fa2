import { describe, expect, it } from 'vitest';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { checkPack } from '../../../../../src/core/rules/check.ts';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../../src/core/rules/pack.ts';
import { packSchema } from '../../../../../src/core/rules/schema.ts';
import { random } from '../../periodicity/series.ts';
import { Scene, at } from '../../../support/evidence.ts';
import { ruleOf } from '../../../support/packs.ts';

const NO_BEAT = ruleOf({ kind: 'periodicity', activity: 'network', match: { direction: 'outbound' } });
const upTo = (max: string, more: Record<string, unknown> = {}): RulePack =>
  ruleOf({ kind: 'periodicity', activity: 'network', period: { max, ...more } });

function only(scene: Scene, rules: RulePack = NO_BEAT): RuleResult {
  const [result] = judge(scene.evidence, [rules], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

/** The trace saw everything: what was not seen was not there. */
const traced = (seconds = 60): Scene => new Scene(seconds).report('trace', { tier: 'zero-miss' });

function beat(scene: Scene, everySeconds: number, fields: Parameters<Scene['network']>[1] = {}): Scene {
  const seconds = (scene.window.toMs - scene.window.fromMs) / 1000;
  for (let second = 1.25, port = 1; second < seconds; second += everySeconds, port += 1) {
    scene.network(second, {
      collector: 'trace',
      localPort: 30_000 + port,
      lifetimeSeconds: 0.0004,
      ...fields,
    });
  }
  return scene;
}

const remote = (last: number): { remote: { ip: string; port: number; process: null; target: null } } => ({
  remote: { ip: `203.0.113.${last}`, port: 443, process: null, target: null },
});

describe('a beat', () => {
  it('fails, with its period, and says who', () => {
    const result = only(beat(traced(), 10, { bytesSent: 2 }));
    expect(result).toMatchObject({ verdict: 'fail', measured: 'every 10 s' });
    const [finding] = result.findings;
    expect(finding?.text).toMatch(
      /^app \(pid 100, app\) connected to 203\.0\.113\.7:443 every 10 s ± .* \(6 beats, none missed, p = .*\), each connection 0\.4 ms, 2 bytes sent$/,
    );
    expect(finding).toMatchObject({ count: 6, subject: { 'remote.ip': '203.0.113.7' } });
    expect(finding?.period?.intervalsSeconds).toHaveLength(5);
    expect(finding?.period?.phaseSeconds).toBeCloseTo(1.25, 3);
    expect(finding?.period?.phases.every((phase) => Math.abs(phase - 0.125) < 1e-6)).toBe(true);
  });

  it('of four among many other remotes is not told from chance, and not claimed to be excluded', () => {
    const scene = traced();
    const draw = random(5);
    for (let index = 1; index <= 20; index += 1)
      for (let call = 1; call <= 4; call += 1)
        scene.network(60 * draw(), { collector: 'trace', ...remote(index) });
    beat(scene, 15, remote(200));
    expect(only(scene).verdict).toBe('pass');
    expect(only(scene).periodsTold?.upToSeconds).toBeLessThan(4);
    const asked = only(scene, upTo('15s'));
    expect(asked).toMatchObject({ verdict: 'inconclusive', findings: [] });
    expect(asked.reason).toMatch(/among 84 events it takes (1[5-9]|2\d) beats to tell a period/);
  });

  it('is never claimed to be excluded where no number of beats could break the rule', () => {
    const rules = ruleOf({ kind: 'periodicity', activity: 'network', alpha: 1e-300 });
    const result = only(beat(traced(), 1), rules);
    expect(result.verdict).toBe('inconclusive');
    expect(result.reason).toContain('no number of beats is a period');
  });

  it('is found among calls to sixty other remotes at random times', () => {
    const scene = traced();
    const draw = random(5);
    for (let index = 1; index <= 60; index += 1)
      scene.network(60 * draw(), { collector: 'trace', ...remote(index) });
    const result = only(beat(scene, 5, remote(200)));
    expect(result.findings.map(({ subject }) => subject['remote.ip'])).toEqual(['203.0.113.200']);
  });

  it('is found when each call goes to another address', () => {
    const scene = traced();
    for (let index = 0; index < 11; index += 1)
      scene.network(2 + 5 * index, { collector: 'trace', ...remote(index) });
    const result = only(scene);
    expect(result).toMatchObject({ verdict: 'fail', findings: [{ subject: {}, count: 11 }] });
    expect(result.findings[0]?.text).toContain('and others like it, together every 5 s');
  });

  it('is one finding for each period of a subject', () => {
    const result = only(beat(beat(traced(), 5), 7));
    expect(new Set(result.findings.map(({ period }) => Math.round(period?.seconds ?? 0)))).toEqual(
      new Set([5, 7]),
    );
  });

  it.each([
    ['12s', 'fail'],
    ['8s', 'pass'],
  ])('of 10 s, where the rule is about periods up to %s: %s', (max, verdict) => {
    expect(only(beat(traced(), 10), upTo(max)).verdict).toBe(verdict);
  });

  // Four beats of 17 s fit the window, though it would not have excluded periods of more than 15 s.
  it.each([
    ['window', {}, 'no period'],
    ['window', { min: '3s' }, 'no period from 3s'],
    ['30s', {}, 'no period up to 30 s'],
  ])('is held against what the rule allows: up to %s, %j', (max, more, expected) => {
    expect(only(beat(traced(), 17), upTo(max, more))).toMatchObject({
      verdict: 'fail',
      measured: 'every 17 s',
      expected,
    });
  });

  it('is told apart from what is excused', () => {
    const except = [{ match: { 'remote.ip': '203.0.113.9' }, reason: 'known', optional: true }];
    const rules = ruleOf({ kind: 'periodicity', activity: 'network', except });
    const scene = beat(traced(), 17).network(30, { collector: 'trace', ...remote(9) });
    expect(only(scene, rules).expected).toBe('no period, but for what is excused');
  });

  it('shorter than the minimum is allowed', () => {
    expect(only(beat(traced(), 2), upTo('window', { min: '3s' })).verdict).toBe('pass');
  });

  it('fails whatever the coverage', () => {
    const scene = beat(traced(), 5);
    scene.evidence.gaps.push({
      fromMs: at(30),
      toMs: at(50),
      collector: 'loop',
      target: null,
      reason: 'slept',
    });
    expect(only(scene).verdict).toBe('fail');
  });

  it('that an exception allows is none', () => {
    const except = [{ match: { 'remote.port': 443 }, reason: 'licence', optional: true }];
    const rules = ruleOf({ kind: 'periodicity', activity: 'network', except });
    expect(only(beat(traced(), 10), rules)).toMatchObject({ verdict: 'pass', exceptions: [{ matched: 6 }] });
  });
});

describe('what is no beat', () => {
  it('random calls are none', () => {
    const draw = random(11);
    const scene = traced();
    for (let index = 0; index < 20; index += 1) scene.network(60 * draw(), { collector: 'trace' });
    expect(only(scene)).toMatchObject({ verdict: 'pass', findings: [] });
    expect(only(scene).periodsTold?.upToSeconds).toBeGreaterThan(5);
    expect(only(scene).periodsTold?.upToSeconds).toBeLessThan(9);
  });

  it('a timer that hides among random calls is not said to be excluded, in their group or spread over others', () => {
    for (const isSpread of [false, true]) {
      const draw = random(12);
      const scene = traced();
      const call = (second: number, nth: number): unknown =>
        scene.network(second, { collector: 'trace', ...remote(isSpread ? nth : 9) });
      for (let index = 0; index < 16; index += 1) call(60 * draw(), index);
      for (let nth = 0; nth < 4; nth += 1) call(1 + 14.5 * nth, 20 + nth);
      expect(only(scene, upTo('14.8s'))).toMatchObject({ verdict: 'inconclusive', findings: [] });
      expect(only(scene)).toMatchObject({ verdict: 'pass', periodsTold: { butExcused: false } });
      expect(only(scene).periodsTold?.upToSeconds).toBeLessThan(9);
    }
  });

  it('a burst of retries is none', () => {
    const scene = traced();
    for (const second of [10, 10.2, 10.4, 10.6, 10.8, 40]) scene.network(second, { collector: 'trace' });
    expect(only(scene).findings.filter(({ period }) => (period?.seconds ?? 0) > 1)).toEqual([]);
  });
});

describe('what a window can say', () => {
  it('nothing seen excludes periods up to the window and a little more', () => {
    const result = only(traced());
    expect(result).toMatchObject({ verdict: 'pass', measured: '0', expected: 'no period up to 63.16 s' });
    expect(result.periodsTold?.upToSeconds).toBeCloseTo(63.16, 1);
  });

  it('a maximum that the window cannot exclude is inconclusive', () => {
    const result = only(traced(), upTo('5m'));
    expect(result).toMatchObject({ verdict: 'inconclusive' });
    expect(result.reason).toContain('exclude periods up to 63.16 s, and the rule asks for 5 min');
    expect(only(traced(), upTo('60s')).verdict).toBe('pass');
  });

  it.each([1, 2, 3])('%d calls need room for four beats of a maximum', (count) => {
    const scene = (): Scene => {
      const made = traced();
      for (let index = 0; index < count; index += 1) made.network(3 + 17 * index, { collector: 'trace' });
      return made;
    };
    expect(only(scene(), upTo('15s')).verdict).toBe('pass');
    expect(only(scene(), upTo('16s')).verdict).toBe('inconclusive');
    expect(only(scene())).toMatchObject({ verdict: 'pass', expected: 'no period up to 15 s' });
  });

  it('a gap leaves less', () => {
    const scene = traced();
    scene.evidence.gaps.push({
      fromMs: at(30),
      toMs: at(32.6),
      collector: 'loop',
      target: null,
      reason: 'late',
    });
    expect(only(scene).periodsTold?.upToSeconds).toBeLessThan(61);
    scene.network(10, { collector: 'trace' });
    expect(only(scene).periodsTold?.upToSeconds).toBeCloseTo(12, 1);
  });

  it('a command that the run started has timers since its launch', () => {
    const scene = traced();
    scene.evidence.targets[0]!.selector = { by: 'command', argv: ['app'] };
    scene.evidence.processes[0]!.startedAtMs = at(-1);
    expect(only(scene).periodsTold?.upToSeconds).toBeCloseTo(61, 1);
  });

  it('what was only sampled says nothing', () => {
    const scene = new Scene().sample(30, 1, { cpuNs: 5e9 }).moved(30, { udpOutDatagrams: 3 });
    expect(only(scene).verdict).toBe('inconclusive');
  });

  it('a source that nobody named is not applicable; one that failed is inconclusive', () => {
    const rules = ruleOf({ kind: 'periodicity', activity: 'event' });
    expect(only(traced(), rules).verdict).toBe('notApplicable');
  });
});

describe('what a rule allows', () => {
  it('is not claimed: neither what is shorter than its minimum, nor longer than its maximum', () => {
    const heartbeat = only(beat(traced(), 2), upTo('window', { min: '3s' }));
    expect(heartbeat).toMatchObject({ verdict: 'pass', periodsTold: { fromSeconds: 3, butExcused: false } });
    expect(heartbeat.expected).toMatch(
      /^no period from 3s up to [5-7](\.\d+)? s, but for multiples of a shorter one$/,
    );
    const longer = only(beat(traced(), 2), upTo('window', { min: '14s' }));
    expect(longer.reason).toMatch(
      /^periods are only excluded up to [5-7].* s, and the rule is about longer ones than 14 s$/,
    );
    expect(only(traced(), upTo('20s'))).toMatchObject({
      expected: 'no period up to 20 s',
      periodsTold: { fromSeconds: 0, upToSeconds: 20, butExcused: false },
    });
  });

  it('by an exception may have repeated', () => {
    const except = [{ match: { 'remote.port': 443 }, reason: 'licence', optional: true }];
    const rules = ruleOf({ kind: 'periodicity', activity: 'network', except });
    expect(only(beat(traced(), 10), rules)).toMatchObject({
      expected: 'no period up to 63.16 s, but for what is excused',
      periodsTold: { butExcused: true },
    });
  });
});

describe('how exact times are', () => {
  const NO_ROWS = ruleOf({ kind: 'periodicity', activity: 'event' });
  const watched = (): Scene =>
    traced()
      .target({ events: { sqlite: 'app.db', table: 'events' } })
      .report('events', { target: 'app' });
  const rows = (everySeconds: number): Scene => {
    const scene = watched();
    for (let second = 1; second < 60; second += everySeconds) scene.row(second, 'tick');
    return scene;
  };

  it('rows stamped in whole seconds have no period below 2.5 s', () => {
    expect(only(rows(1), NO_ROWS)).toMatchObject({
      verdict: 'inconclusive',
      findings: [],
      reason: expect.stringContaining(
        '59 activities whose times are known to 1 s: nobody can tell beats of less than 2.5 s',
      ),
    });
    expect(only(rows(4), NO_ROWS).findings).toHaveLength(1);
  });

  it('few rows in whole seconds hide no beat; many hide any, though short ones are allowed', () => {
    const scene = watched();
    for (const second of [3, 4, 9, 21, 22, 40, 41, 57]) scene.row(second, 'tick');
    expect(only(scene, NO_ROWS).verdict).toBe('pass');
    const long = ruleOf({ kind: 'periodicity', activity: 'event', period: { min: '3s' } });
    expect(only(rows(1), long)).toMatchObject({
      verdict: 'inconclusive',
      reason: '59 events whose times are too coarse for so many: nobody can tell a beat among them',
    });
  });

  it.each([3, 8, 13, 21])('random rows in whole seconds are no beat beside an exact one (%d)', (seed) => {
    const draw = random(seed);
    const scene = watched().row(20.1234, 'exact');
    for (let index = 0; index < 18; index += 1) scene.row(Math.floor(60 * draw()), 'tick');
    expect(only(scene, NO_ROWS).findings).toEqual([]);
    scene.row(33.3331, 'tick');
    expect(only(scene, NO_ROWS).findings).toEqual([]);
  });
});

describe('a rule that cannot be meant', () => {
  const problemsOf = (rule: Record<string, unknown>): string[] => {
    const parsed = packSchema.parse({ pack: 'test', rules: [{ id: 'rule', kind: 'periodicity', ...rule }] });
    return checkPack(parsed).map(({ message }) => message);
  };

  it.each([
    [{}, 'needs either `activity` or `metric`; neither is there'],
    [{ activity: 'network', metric: 'wakeups.rate' }, 'needs either `activity` or `metric`; both are there'],
    [{ metric: 'cpu.percent' }, 'bursts of cpu.percent cannot be told one by one'],
    [{ metric: 'wakeups.rat' }, '«wakeups.rat» is not a metric'],
    [{ metric: 'wakeups.rate', match: { op: 'send' } }, 'a rule about a metric has no `match`'],
    [{ activity: 'network', groupBy: ['remote.ipp'] }, '«remote.ipp» is not a field of network'],
    [{ activity: 'network', period: { min: '5m', max: '5m' } }, 'leaves no period between 5m and 5m'],
  ])('%j', (rule, problem) => {
    expect(problemsOf(rule)).toContain(problem);
  });
});
