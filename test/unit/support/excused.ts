import { expect } from 'vitest';
import { checkPack } from '../../../src/core/rules/check.ts';
import type { Match } from '../../../src/core/rules/pack.ts';
import { packSchema } from '../../../src/core/rules/schema.ts';

/** What is wrong with a pack. */
export const problemsOf = (document: Record<string, unknown>): ReturnType<typeof checkPack> =>
  checkPack(packSchema.parse({ pack: 'test', ...document }));

/** What a rule asks for. */
export interface Asked {
  activity?: string;
  match?: Match;
  target?: string;
}

/** Where a rule with exceptions is refused; every one of these excuses for good. */
export const refusedAt = (asked: Asked, ...allowed: Match[]): unknown => {
  const except = allowed.map((match) => ({ match, reason: 'known', optional: true }));
  const rule = { id: 'rule', kind: 'absence', activity: 'network', ...asked, except };
  const problems = problemsOf({ rules: [rule] });
  for (const { message } of problems) expect(message).toContain('excuses everything');
  return problems.map(({ path }) => path.slice(2).join('.'));
};

export const OUTBOUND: Asked = { match: { direction: 'outbound' } };
export const SPAWN: Asked = { activity: 'process', match: { op: 'spawn' } };
