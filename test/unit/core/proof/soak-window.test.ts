import { describe, expect, it } from 'vitest';
import { loadRulePacks } from '../../../../src/config/rule-packs.ts';
import { assembleProof } from '../../../../src/core/proof/assemble.ts';
import { soakWindowOf } from '../../../../src/core/proof/soak-window.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { SoakWindow } from '../../../../src/core/windows/soak-exclusion.ts';
import type { Verdict } from '../../../../src/model/verdict.ts';
import { Scene } from '../../support/evidence.ts';

const [DEFAULT] = loadRulePacks(['no-background-agents'], { packsFolder: 'rules' }) as [RulePack];
/** Periods are told of, and nobody fails for them. */
const WARNING: RulePack = {
  ...DEFAULT,
  rules: DEFAULT.rules.map((rule) => (rule.kind === 'periodicity' ? { ...rule, severity: 'warn' } : rule)),
};

function judged(scene: Scene, pack = DEFAULT): { verdict: Verdict; soak: SoakWindow | null } {
  const { evidence } = scene;
  const [window] = evidence.windows;
  const options = { strict: false, acceptSampledMs: 60_000 };
  const results = judge(evidence, [pack], options);
  const head = { chainHead: '', rows: 0 };
  const proof = assembleProof({ evidence, head, packs: [pack], rulesDigest: '', options, results });
  return { verdict: proof.verdict, soak: soakWindowOf(window!, proof, evidence) };
}

const written = (...seconds: number[]): Scene =>
  seconds.reduce((scene, second) => scene.row(second, 'note'), new Scene().withEvents());

describe('what a window adds to those of a soak', () => {
  it('is all of it, where nothing happened', () => {
    const scene = written();
    const [{ fromMs, toMs } = { fromMs: 0, toMs: 0 }] = scene.evidence.windows;
    const { verdict, soak } = judged(scene);
    expect(verdict).toBe('pass');
    expect(soak?.exposure).toEqual([{ fromMs, toMs }]);
  });

  it.each([
    ['once', [20]],
    ['twice: with another window it may be a beat', [10, 40]],
  ])('is nothing, where something happened %s', (_, seconds) => {
    expect(judged(written(...seconds))).toEqual({ verdict: 'pass', soak: null });
  });

  it('is nothing, where what happened is excused', () => {
    const excused: RulePack = {
      ...DEFAULT,
      rules: DEFAULT.rules.map((rule) =>
        rule.id === 'event-period'
          ? { ...rule, except: [{ match: { type: 'note' }, reason: 'a heartbeat', optional: true }] }
          : rule,
      ) as RulePack['rules'],
    };
    expect(judged(written(20), excused)).toEqual({ verdict: 'pass', soak: null });
  });

  it('is nothing, where a period was found that is only warned of', () => {
    const beats = written(...Array.from({ length: 11 }, (_, nth) => 3 + 5 * nth));
    expect(judged(beats, WARNING)).toEqual({ verdict: 'pass', soak: null });
    expect(judged(beats)).toEqual({ verdict: 'fail', soak: null });
  });
});
