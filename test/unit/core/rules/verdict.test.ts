import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import { windowVerdict } from '../../../../src/core/rules/verdict.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import { warningsOf } from '../../../../src/core/rules/warnings.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';
import type { RuleVerdict, Severity } from '../../../../src/model/verdict.ts';
import { Scene } from '../../support/evidence.ts';
import { NO_NETWORK, NO_TOOLS, pack, ruleOf } from '../../support/packs.ts';

const [template] = judge(new Scene().evidence, [NO_NETWORK], { strict: false, acceptSampledMs: null });

function results(...list: [RuleVerdict, Severity?][]): RuleResult[] {
  return list.map(([verdict, severity = 'error']) => ({ ...(template as RuleResult), verdict, severity }));
}

describe('windowVerdict', () => {
  const plain = { strict: false, warnings: [] };

  it.each<[string, RuleResult[], string]>([
    ['all pass', results(['pass'], ['pass']), 'pass'],
    ['one fails', results(['pass'], ['inconclusive'], ['fail']), 'fail'],
    ['one is inconclusive', results(['pass'], ['inconclusive']), 'inconclusive'],
    ['some do not apply', results(['pass'], ['notApplicable']), 'pass'],
    ['none applies', results(['notApplicable'], ['notApplicable']), 'inconclusive'],
    ['none of severity error applies', results(['notApplicable'], ['pass', 'warn']), 'inconclusive'],
    ['there is none', [], 'inconclusive'],
    ['a warn fails', results(['pass'], ['fail', 'warn']), 'pass'],
    ['a warn is inconclusive', results(['pass'], ['inconclusive', 'warn']), 'pass'],
    ['only warns, one judged', results(['fail', 'warn'], ['inconclusive', 'warn']), 'pass'],
    ['only warns, none judged', results(['inconclusive', 'warn']), 'inconclusive'],
  ])('%s', (_, list, verdict) => {
    expect(windowVerdict(list, plain)).toBe(verdict);
  });

  it('counts warnings when strict', () => {
    expect(windowVerdict(results(['pass']), { strict: true, warnings: ['an orphan'] })).toBe('inconclusive');
    expect(windowVerdict(results(['pass']), { strict: true, warnings: [] })).toBe('pass');
    expect(windowVerdict(results(['pass']), { strict: false, warnings: ['an orphan'] })).toBe('pass');
    expect(windowVerdict(results(['fail']), { strict: true, warnings: ['an orphan'] })).toBe('fail');
  });
});

const warnings = (scene: Scene, rules: RulePack = NO_TOOLS): string[] =>
  warningsOf(
    scene.evidence,
    [rules],
    judge(scene.evidence, [rules], { strict: false, acceptSampledMs: null }),
  );

describe('warningsOf', () => {
  it('names event types that the table has never held', () => {
    expect(warnings(new Scene().withEvents(['User_Message', 'llm_request']))).toEqual([
      'tool_run never seen in the events of app; types seen: User_Message, llm_request',
    ]);
    expect(warnings(new Scene().withEvents())).toEqual([]);
    expect(warnings(new Scene().withEvents([]))).toEqual([
      expect.stringMatching(/^\w+, \w+, \w+ never seen in the events of app; types seen: none$/),
    ]);
  });

  it('looks at the causes of the pack too, for the rules that they are about', () => {
    const shared = pack({
      unless: [
        { activity: 'network', after: { activity: 'event', match: { type: 'asked' } }, within: '30s' },
        { activity: 'file', after: { activity: 'event', match: { type: 'saved' } }, within: '30s' },
      ],
      rules: [{ id: 'quiet', kind: 'absence', activity: 'network' }],
    });
    expect(warnings(new Scene().withEvents(['note']), shared)).toEqual([
      'asked never seen in the events of app; types seen: note',
    ]);
    expect(warnings(new Scene().withEvents(['asked']), shared)).toEqual([]);
  });

  it('looks at the trigger of a deadline, too', () => {
    const unload = ruleOf({
      kind: 'deadline',
      metric: 'memory.pss',
      after: { activity: 'event', match: { type: 'llm_requst' } },
      within: '30s',
      expect: { max: '< 50MB' },
    });
    expect(warnings(new Scene().withEvents(['llm_request']), unload)).toEqual([
      'llm_requst never seen in the events of app; types seen: llm_request',
    ]);
  });

  it('takes a cause for seen when the table of any target has held it', () => {
    const scene = new Scene().withEvents(['tool_run', 'llm_request']);
    scene.evidence.eventTypes['chat'] = ['user_message'];
    expect(warnings(scene)).toEqual([]);
    scene.evidence.eventTypes['chat'] = ['note', 'tool_run'];
    expect(warnings(scene)).toEqual([
      'user_message never seen in the events of app, chat; types seen: tool_run, llm_request, note',
    ]);
  });

  it('says nothing of them where no table is watched', () => {
    expect(warnings(new Scene())).toEqual([]);
  });

  it('names orphans', () => {
    const orphan = { pid: 7, name: 'helperd', cmdline: 'helperd', reason: 'in its session', appeared: false };
    expect(warnings(new Scene().target({ orphans: [orphan] }))).toEqual([
      'not watched, but may belong to app: helperd (pid 7, in its session)',
    ]);
  });
});
