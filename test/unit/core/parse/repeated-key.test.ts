import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUnambiguous, repeatedKey } from '../../../../src/core/parse/repeated-key.ts';

describe('repeatedKey', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"verdict" : "pass", "b": [{"x": 1}], "verdict": "fail"}', 'verdict'],
    ['[{"a":{"b":1,"c":{},"b":2}}]', 'b'],
    [String.raw`{"\u0061":1,"a":2}`, 'a'],
    [String.raw`{"a\"":1,"a\"":2}`, 'a"'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('%s', (text, key) => expect(repeatedKey(text)?.key).toBe(key));

  it('says where it stands again', () => {
    expect(repeatedKey('{\n  "a": 1,\n  "b": {"c": 1, "c": 2}\n}')).toEqual({
      key: 'c',
      line: 3,
      column: 17,
    });
    expect(() => parseUnambiguous('{"a": 1,\n "a": 2}')).toThrow(
      '«a» twice in one object (line 2, column 2)',
    );
    expect(() => parseUnambiguous('{"a": 1')).toThrow(SyntaxError);
    expect(parseUnambiguous('{"a": {"a": 1}}')).toEqual({ a: { a: 1 } });
  });

  it('reads texts of any length', () => {
    for (const part of ['x', '\n', '"', '\\']) {
      const long = JSON.stringify({ payload: part.repeat(20_000_000) });
      expect(repeatedKey(`[${long},{"a":1,"a":2}]`)?.key).toBe('a');
    }
  });

  it('takes no value and no key of another object for one', () => {
    expect(repeatedKey('{"a":"a","b":["a","a"],"c":{"a":1},"d":{"a":"{\\"a\\":"}}')).toBeNull();
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(repeatedKey(JSON.stringify(JSON.parse(text), null, 2))).toBeNull();
      }),
    );
  });
});
