import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKey } from '../../../../src/core/parse/repeated-key.ts';

describe('repeatedKey', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"verdict" : "pass", "b": [{"x": 1}], "verdict": "fail"}', 'verdict'],
    ['[{"a":{"b":1,"c":{},"b":2}}]', 'b'],
    [String.raw`{"\u0061":1,"a":2}`, 'a'],
    [String.raw`{"a\"":1,"a\"":2}`, 'a"'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('%s', (text, key) => expect(repeatedKey(text)).toBe(key));

  it('takes no value and no key of another object for one', () => {
    expect(repeatedKey('{"a":"a","b":["a","a"],"c":{"a":1},"d":{"a":"{\\"a\\":"}}')).toBeNull();
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(repeatedKey(JSON.stringify(JSON.parse(text), null, 2))).toBeNull();
      }),
    );
  });
});
