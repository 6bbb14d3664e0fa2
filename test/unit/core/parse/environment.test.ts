import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEnvironment, isWellReferred, variablesIn } from '../../../../src/core/parse/environment.ts';

describe('a text that refers to the environment', () => {
  it.each([
    ['Bearer ${TOKEN}', ['TOKEN']],
    ['${A}${_b1}', ['A', '_b1']],
    ['none', []],
    ['$TOKEN', []],
  ])('%s', (text, names) => {
    expect(isWellReferred(text)).toBe(true);
    expect(variablesIn(text)).toEqual(names);
  });

  it.each(['${}', '${1A}', '${A-B}', '${A', '${${A}}'])('%s is written wrongly', (text) => {
    expect(isWellReferred(text)).toBe(false);
  });

  it('has a value only where all of its variables have one', () => {
    expect(fromEnvironment('${A}-${B}-${A}', { A: '1', B: '$' })).toEqual({ value: '1-$-1', missing: null });
    expect(fromEnvironment('${A}-${B}-${C}', { A: '1', B: '' })).toEqual({
      value: null,
      missing: ['B', 'C'],
    });
  });

  it('takes what a variable holds as it is, whatever that looks like', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (held, around) => {
        fc.pre(!around.includes('${'));
        const { value } = fromEnvironment(`${around}\${A}`, { A: held });
        expect(value).toBe(`${around}${held}`);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void fromEnvironment(text, {})));
  });
});
