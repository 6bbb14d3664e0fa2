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
});
