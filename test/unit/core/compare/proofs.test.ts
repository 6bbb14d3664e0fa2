import { describe, expect, it } from 'vitest';
import { compareProofs } from '../../../../src/core/compare/proofs.ts';
import type { Proof } from '../../../../src/model/proof.ts';
import { proofOf } from '../../../support/proofs.ts';

const AT = Date.UTC(2026, 10, 20);
const quiet = (cpu: number | null = 0.1): Proof => proofOf({ openedMs: AT, minutes: 1, cpu });
const agent = (): Proof => proofOf({ openedMs: AT, minutes: 1, agent: true });

const changes = (before: Proof, after: Proof): string[] =>
  compareProofs(before, after).items.map(({ change, kind, name }) => `${change} ${kind} ${name}`);

describe('compareProofs', () => {
  it('finds nothing between a proof and itself', () => {
    for (const proof of [quiet(), agent()])
      expect(compareProofs(proof, proof)).toMatchObject({ items: [], notes: [] });
  });

  it('tells what is new and worse, and the other way round gone and better', () => {
    const forth = compareProofs(quiet(), agent());
    expect(forth.headline).toMatch(/^PASS → FAIL: /);
    expect(changes(quiet(), agent())).toEqual(
      expect.arrayContaining(['worse rule network-activity', 'new finding network-activity']),
    );
    expect(changes(agent(), quiet())).toEqual(
      expect.arrayContaining(['better rule network-activity', 'gone finding network-activity']),
    );
  });

  it('does not call gone what nobody could see', () => {
    const blind = quiet();
    blind.verdict = 'inconclusive';
    for (const rule of blind.rules) rule.verdict = 'inconclusive';
    expect(changes(agent(), blind)).toEqual(
      expect.arrayContaining(['unknown finding network-activity', 'unknown rule network-activity']),
    );
    expect(changes(agent(), blind).filter((change) => /^(?:gone|better)/.test(change))).not.toContain(
      'better rule network-activity',
    );
    expect(changes(agent(), blind).some((change) => change.startsWith('gone'))).toBe(false);
  });

  it('tells findings that are clearly more or fewer, and not those that chance explains', () => {
    const often = agent();
    const few = agent();
    const countOf = (proof: Proof, count: number): void => {
      for (const { findings } of proof.rules.filter(({ id }) => id === 'network-activity'))
        for (const finding of findings) finding.count = count;
    };
    countOf(often, 200);
    countOf(few, 20);
    expect(changes(few, often)).toEqual(['worse finding network-activity']);
    expect(changes(often, few)).toEqual(['better finding network-activity']);
    countOf(often, 22);
    expect(changes(few, often)).toEqual([]);
  });

  it('compares metrics by what matters, and nothing that is unknown', () => {
    expect(changes(quiet(0.1), quiet(3))).toEqual(['worse metric cpu.percent']);
    expect(changes(quiet(3), quiet(0.1))).toEqual(['better metric cpu.percent']);
    expect(changes(quiet(0.1), quiet(0.2))).toEqual([]);
    expect(changes(quiet(null), quiet(3))).toEqual([]);
    const more = proofOf({ openedMs: AT, minutes: 1, cpu: 0.1, atLeast: true });
    expect(changes(quiet(3), more)).toEqual([]);
    expect(changes(more, quiet(3))).toEqual([]);
  });

  it('says why two proofs may differ for other reasons', () => {
    const other = proofOf({ openedMs: AT, minutes: 10 });
    other.rulesDigest = 'x';
    other.host.name = 'elsewhere';
    other.targets[0]!.executables = [{ path: '/usr/bin/app', sha256: 'a' }];
    expect(compareProofs(quiet(), other).notes).toEqual([
      'they were judged by different rules',
      'they were made on different hosts',
      'the targets ran other program files',
      expect.stringContaining('much shorter') as string,
    ]);
  });

  it.each<[string, (proof: Proof) => void, string]>([
    ['a shorter window', ({ window }) => (window.durationSeconds = 45), 'window'],
    ['less covered', ({ coverage }) => (coverage.share = 0.96), 'coverage'],
    ['no period excluded', ({ coverage }) => (coverage.excludes.periodSeconds = null), 'periods excluded'],
    [
      'short connections may be missed',
      ({ coverage }) => (coverage.excludes.connectionLifetimeSeconds = { min: 1 }),
      'connections excluded',
    ],
    [
      'no connection excluded',
      ({ coverage }) => (coverage.excludes.connectionLifetimeSeconds = null),
      'connections excluded',
    ],
    ['a lower tier', ({ coverage }) => (coverage.collectors.at(-1)!.tier = 'sampled'), 'collector events'],
    [
      'a collector with less',
      ({ coverage }) => (coverage.collectors.at(-1)!.status = 'partial'),
      'collector events',
    ],
    ['lost records', ({ coverage }) => (coverage.collectors.at(-1)!.lost = 3), 'collector events'],
    ['a collector that is not there', ({ coverage }) => coverage.collectors.pop(), 'collector events'],
    ['a lost control', ({ controls }) => controls.pop(), 'control tcp'],
    ['a control that was missed', ({ controls }) => (controls[0]!.caught = false), 'control tcp'],
    ['a source that is not watched', ({ notWatched }) => notWatched.push('events'), 'not watched'],
    ['a warning', ({ warnings }) => warnings.push('«helper» is not watched'), 'warning'],
  ])('tells that the later one shows less, and calls nothing better then: %s', (_, weaken, name) => {
    const controls = [{ name: 'tcp', planted: 2, caught: true, by: ['trace'] }];
    const [before, after, bad] = [quiet(3), quiet(0.1), agent()];
    for (const proof of [before, after, bad]) proof.controls = structuredClone(controls);
    expect(changes(before, after)).toEqual(['better metric cpu.percent']);
    weaken(after);
    expect(changes(before, after)).toEqual([`weaker sight ${name}`, 'unknown metric cpu.percent']);
    expect(compareProofs(before, after).headline).toBe('PASS → PASS, which proves less: 1 weaker, 1 unknown');
    expect(changes(bad, after).filter((change) => /^(?:better|gone)/.test(change))).toEqual([]);
    expect(changes(after, before)).toEqual(['worse metric cpu.percent', `stronger sight ${name}`]);
  });

  it('tells the targets apart of which a collector shows less', () => {
    const [before, after] = [quiet(), quiet()];
    for (const { coverage } of [before, after]) {
      const events = coverage.collectors.at(-1)!;
      coverage.collectors = ['api', 'web'].map((target) => ({ ...events, target }));
    }
    after.coverage.collectors[0]!.status = 'partial';
    expect(compareProofs(before, after).items).toMatchObject([
      { change: 'weaker', name: 'collector events', target: 'api' },
    ]);
    expect(compareProofs(after, before).items).toMatchObject([
      { change: 'stronger', name: 'collector events', target: 'api' },
    ]);
  });

  const networkActivity = (proof: Proof) => proof.rules.find(({ id }) => id === 'network-activity')!;

  it.each<[string, (rule: Proof['rules'][number]) => void]>([
    ['a lower tier', (rule) => (rule.tier = 'sampled')],
    ['what lives shortly is accepted', (rule) => (rule.acceptedSeconds = 1)],
    ['a warning only', (rule) => (rule.severity = 'warn')],
  ])('tells a rule that holds by less, and none of its findings are gone: %s', (_, weaken) => {
    const after = quiet();
    weaken(networkActivity(after));
    expect(changes(quiet(), after)).toEqual(['weaker rule network-activity']);
    expect(changes(after, quiet())).toEqual(['stronger rule network-activity']);
    expect(changes(agent(), after)).toEqual(
      expect.arrayContaining(['unknown rule network-activity', 'unknown finding network-activity']),
    );
    expect(changes(agent(), after)).toContain('better rule child-process');
  });

  it('tells a rule that is no longer judged as an error, also where it is broken', () => {
    const milder = agent();
    networkActivity(milder).severity = 'warn';
    expect(changes(agent(), milder)).toEqual(['weaker rule network-activity']);
  });

  it('tells fewer periods', () => {
    const after = quiet();
    after.rules.find(({ id }) => id === 'network-period')!.periodsTold!.butExcused = true;
    expect(changes(quiet(), after)).toEqual(['weaker rule network-period']);
  });

  it.each<[string, (rule: Proof['rules'][number]) => void]>([
    ['another limit', (rule) => (rule.expected = '9 at most')],
    ['an exception', (rule) => rule.exceptions.push({ reason: 'ours', matched: 0, problem: null })],
  ])('does not call the same, nor better, what is asked otherwise: %s', (_, change) => {
    const after = quiet();
    change(networkActivity(after));
    expect(changes(quiet(), after)).toEqual(['unknown rule network-activity']);
    expect(changes(agent(), after)).toEqual(
      expect.arrayContaining(['unknown rule network-activity', 'unknown finding network-activity']),
    );
  });

  it('tells a metric that is no longer known, and a verdict that changed by itself', () => {
    expect(changes(quiet(0.1), quiet(null))).toEqual(['unknown metric cpu.percent']);
    const strict = { ...quiet(), verdict: 'inconclusive' as const };
    expect(compareProofs(strict, quiet()).headline).toBe('INCONCLUSIVE → PASS: nothing else changed');
  });
});
