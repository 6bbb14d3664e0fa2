import { describe, expect, it } from 'vitest';
import { checkPack } from '../../../../src/core/rules/check.ts';
import { packSchema } from '../../../../src/core/rules/schema.ts';

function problemsOf(rule: Record<string, unknown>): string[] {
  const document = packSchema.parse({ pack: 'ours', rules: [{ id: 'one', ...rule }] });
  return checkPack(document).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a limit that decides nothing is a mistake', () => {
  it.each([
    [
      { kind: 'threshold', metric: 'cpu.percent', expect: { mean: '>= 0', max: '< 0' } },
      ['«>= 0» always holds: mean of cpu.percent', '«< 0» never holds: max of cpu.percent'],
    ],
    [
      { kind: 'measurement', measurement: 'http.errors', expect: { value: '> -1%' } },
      ['«> -1%» always holds: value of http.errors'],
    ],
    [
      { kind: 'measurement', measurement: 'startup', expect: { p50: '< 0s', p95: '< 2s' } },
      ['«< 0s» never holds: p50 of startup'],
    ],
    [{ kind: 'threshold', metric: 'memory.pss', expect: { delta: '<= -1MB' } }, []],
    [{ kind: 'regression', measurement: 'startup', expect: { p50: '< -5%' } }, []],
  ])('%j', (rule, problems) => {
    expect(problemsOf(rule)).toEqual(
      problems.map((problem) => expect.stringContaining(`${problem} is 0 or more`) as string),
    );
  });
});
