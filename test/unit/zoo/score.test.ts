import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Period, Proof } from '../../../src/model/proof.ts';
import type { RuleVerdict } from '../../../src/model/verdict.ts';
import { proofOf } from '../../support/proofs.ts';
import { STILL } from '../../zoo/program.ts';
import { type Claim, CLAIMS, scoreOf, WAKES_LIMIT, type Witness } from '../../zoo/score.ts';

const NOBODY: Witness = { calls: null, callsMs: null, startsMs: null, switches: 0 };
const CALLS = { ...STILL, network: { everySeconds: 2 } };

/** A proof by the zoo's pack: of each claim its verdict, pass where nothing is said. */
function proof(verdicts: Partial<Record<Claim, RuleVerdict>>, findings: Proof['findings'] = []): Proof {
  const base = proofOf({ openedMs: 0 });
  const [rule] = base.rules;
  const rules = CLAIMS.map((id) => ({ ...rule!, id, verdict: verdicts[id] ?? ('pass' as const) }));
  return { ...base, rules, findings };
}

const outcomes = (...args: Parameters<typeof scoreOf>): Record<string, string> =>
  Object.fromEntries(scoreOf(...args).judged.map(({ claim, outcome }) => [claim, outcome]));

describe('the pack of the zoo', () => {
  it('has the rules that are scored, and the limit of wakes that they are scored by', () => {
    const { rules } = parse(readFileSync('test/zoo/zoo.yaml', 'utf8')) as {
      rules: { id: string; expect?: { mean: string } }[];
    };
    expect(rules.map(({ id }) => id)).toEqual(CLAIMS);
    expect(rules.find(({ id }) => id === 'wakes')?.expect).toEqual({ mean: `< ${WAKES_LIMIT}` });
  });
});

describe('scoreOf', () => {
  it('refuses a proof that says nothing of a claim', () => {
    const whole = proof({});
    const rules = whole.rules.filter(({ id }) => id !== 'network');
    expect(() => scoreOf({ ...whole, rules }, STILL, NOBODY)).toThrow('nothing of network');
  });

  it('clears who does nothing', () => {
    expect(new Set(Object.values(outcomes(proof({}), STILL, NOBODY)))).toEqual(new Set(['cleared']));
  });

  it('accuses, misses, finds and leaves undecided', () => {
    const verdicts = { network: 'fail', spawns: 'inconclusive', keepalives: 'notApplicable' } as const;
    expect(outcomes(proof(verdicts), STILL, NOBODY)).toMatchObject({
      network: 'accused',
      spawns: 'undecided',
      keepalives: 'undecided',
    });
    expect(outcomes(proof({ network: 'fail' }), CALLS, NOBODY)).toMatchObject({
      network: 'found',
      'network-period': 'missed',
    });
  });

  it('takes from the witness whether it wakes, and scores no beat that nobody has promised', () => {
    const wakes = { ...NOBODY, switches: 10_000 };
    expect(outcomes(proof({}), { ...STILL, timers: 'irregular' }, wakes)).toMatchObject({ wakes: 'missed' });
    expect(outcomes(proof({}), { ...STILL, timers: 'irregular' }, wakes)).not.toHaveProperty('wake-period');
  });

  it('tells of findings about whom it does not call', () => {
    const findings = proofOf({ openedMs: 0, agent: true })
      .findings.filter(({ ruleId }) => ruleId === 'network-activity')
      .map((finding) => ({ ...finding, ruleId: 'network' }));
    const port = Number(findings[0]?.subject['remote.port']);
    const witness = (calls: number): Witness => ({ ...NOBODY, calls: { protocol: 'tcp', port: calls } });
    const failed = proof({ network: 'fail' }, findings);
    expect(scoreOf(failed, CALLS, witness(port)).strangers).toEqual([]);
    expect(scoreOf(failed, CALLS, witness(port + 1)).strangers).toHaveLength(1);
  });

  it('sets the period that was found beside that of the witness', () => {
    const [finding] = proofOf({ openedMs: 0, agent: true }).findings;
    const found: Period = {
      seconds: 3.1,
      secondsInterval: { from: 3, to: 3.2 },
      jitterSeconds: 0.2,
      beats: 4,
      missed: 0,
      phaseSeconds: 0,
      model: 'clock',
      falseAlarmProbability: 0.001,
      intervalsSeconds: [],
      phases: [],
    };
    const findings = [found, { ...found, seconds: 9 }].map((period) => ({
      ...finding!,
      ruleId: 'network-period',
      period,
    }));
    const callsMs = [0, 1, 2, 3, 4].map((beat) => 3000 * beat);
    const score = scoreOf(proof({ 'network-period': 'fail' }, findings), CALLS, { ...NOBODY, callsMs });
    expect(score.periods).toMatchObject([
      { of: 'network', trueBeats: 5, foundSeconds: 3.1, foundBeats: 4, foundJitterSeconds: 0.2 },
    ]);
    expect(score.periods[0]?.trueSeconds).toBeCloseTo(3, 9);
  });
});
