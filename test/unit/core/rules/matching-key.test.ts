import { expect, it } from 'vitest';
import type { Window } from '../../../../src/model/evidence.ts';
import type { Claim } from '../../../../src/core/rules/claim.ts';
import { matchingKey } from '../../../../src/core/rules/matching.ts';
import type { AbsenceRule, ActivityRule, Exception, RulePack } from '../../../../src/core/rules/pack.ts';
import { windowOf } from '../../../support/evidence-rows.ts';

const RULE = {
  id: 'a',
  kind: 'absence',
  activity: 'network',
  window: 'idle',
  severity: 'error',
  minCoverage: 0.95,
} as AbsenceRule;
const EXCEPTION: Exception = { match: { op: 'listen' }, reason: 'a reason' };
const OF_PACK = { ...EXCEPTION, activity: 'network' } as const;

interface Parts {
  rule?: Partial<ActivityRule>;
  pack?: Partial<RulePack>;
  claim?: Partial<Claim>;
}

function keyOf({ rule = {}, pack = {}, claim = {} }: Parts): string {
  const own = { ...RULE, ...rule } as ActivityRule;
  const document = { pack: 'p', sha256: '', rules: [own], ...pack } as RulePack;
  const base = { window: windowOf(0, 60_000), target: 'app', acceptSampledMs: null };
  return matchingKey({ ...base, rule: own, pack: document, ...claim } as Claim<ActivityRule>);
}

it.each<[string, Parts]>([
  ['another name', { rule: { id: 'b', title: 'B', severity: 'warn' } }],
  ['what it makes of it', { rule: { kind: 'periodicity', alpha: 0.1, groupBy: ['op'] } }],
  ['another pack that adds nothing', { pack: { pack: 'q', sha256: 'f' } }],
])('what matches is the same whatever %s a rule has', (_, parts) => {
  expect(keyOf(parts)).toBe(keyOf({}));
});

const CHANGES: [string, Parts][] = [
  ['activity', { rule: { activity: 'process' } }],
  ['match', { rule: { match: { op: 'connect' } } }],
  ['except', { rule: { except: [EXCEPTION] } }],
  ['unless', { rule: { unless: { after: { activity: 'event' }, within: '3s' } } }],
  ['minCoverage', { rule: { minCoverage: 0.5 } }],
  ['minDuration', { rule: { minDuration: '1m' } }],
  ['exceptions of the pack', { pack: { except: [OF_PACK] } }],
  [
    'exceptions of the pack that another rule answers for',
    {
      pack: { except: [OF_PACK], rules: [{ ...RULE, id: 'first' }] },
    },
  ],
  [
    'causes of the pack',
    { pack: { unless: [{ activity: 'network', after: { activity: 'event' }, within: '3s' }] } },
  ],
  ['target', { claim: { target: 'other' } }],
  ['window', { claim: { window: { ...windowOf(0, 60_000), isSettled: false } satisfies Window } }],
  ['what sampling may miss', { claim: { acceptSampledMs: 1000 } }],
];

it.each(CHANGES)('what matches is another matter with another %s', (_, parts) => {
  expect(keyOf(parts)).not.toBe(keyOf({}));
});

it('no two of these are the same', () => {
  expect(new Set(CHANGES.map(([, parts]) => keyOf(parts))).size).toBe(CHANGES.length);
});
