import type { PackDocument, RulePack } from '../../../src/core/rules/pack.ts';
import { packSchema } from '../../../src/core/rules/schema.ts';
import { checkPack } from '../../../src/core/rules/check.ts';

/** A pack as it would be read from a file; throws when it is not a valid one. */
export function pack(document: Record<string, unknown>): RulePack {
  const parsed: PackDocument = packSchema.parse({ pack: 'test', ...document });
  const problems = checkPack(parsed);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
  return { ...parsed, file: 'test.yaml', path: '/test.yaml', sha256: '0'.repeat(64) };
}

/** A pack with one rule. */
export function ruleOf(rule: Record<string, unknown>): RulePack {
  return pack({ rules: [{ id: 'rule', ...rule }] });
}

export const NO_NETWORK: RulePack = ruleOf({
  kind: 'absence',
  activity: 'network',
  match: { direction: 'outbound' },
  title: 'Quiet',
  failureTitle: 'Loud',
});

export const NO_SPAWN: RulePack = ruleOf({ kind: 'absence', activity: 'process', match: { op: 'spawn' } });

export const NO_TOOLS: RulePack = ruleOf({
  kind: 'absence',
  activity: 'event',
  match: { type: ['tool_run', 'llm_request'] },
  unless: { after: { activity: 'event', match: { type: 'user_message' } }, within: '30s' },
});

export const LOW_CPU: RulePack = ruleOf({
  kind: 'threshold',
  metric: 'cpu.percent',
  expect: { mean: '< 0.5', p95: '< 1' },
});
