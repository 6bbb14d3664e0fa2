import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseToldNumbers } from '../../../../src/core/parse/told-numbers.ts';

describe('numbers that a command told', () => {
  it.each([
    ['12.5\n', [{ name: null, value: 12.5, unit: '' }]],
    ['12.5 ms', [{ name: null, value: 12.5, unit: 'ms' }]],
    ['run 1 of 2: 12 ms\n3e2ops/sec', [{ name: null, value: 300, unit: 'ops/sec' }]],
    ['working…\n3e2ops/sec\n\n', [{ name: null, value: 300, unit: 'ops/sec' }]],
    [
      '{"a": 1, "b": 2.5}',
      [
        { name: 'a', value: 1, unit: '' },
        { name: 'b', value: 2.5, unit: '' },
      ],
    ],
    ['[{"name":"n","unit":"ms","value":3,"range":"± 2"}]', [{ name: 'n', value: 3, unit: 'ms' }]],
    ['[{"name":"n","value":"3.5"}]', [{ name: 'n', value: 3.5, unit: '' }]],
  ])('%s', (output, numbers) => {
    expect(parseToldNumbers(output)).toEqual(numbers);
  });

  it.each([
    ['', 'printed nothing'],
    ['hello', 'neither a number nor JSON'],
    ['1,200', 'neither a number nor JSON'],
    ['"3"', 'no number'],
    ['null', 'no number'],
    ['{}', 'no number'],
    ['[]', 'no number'],
    ['{"a": {"b": 1}}', '«a» is no number'],
    ['1e999', 'no number'],
    ['1e999 ms', 'neither a number nor JSON'],
    ['{"a": 1e999}', '«a» is no number'],
    ['{"a": 1, "b": -1e999}', '«b» is no number'],
    ['[{"name":"n","value":1e999}]', '«n» is no number'],
    ['[{"value": 3}]', 'entry 1 has no name'],
    ['[{"name":"n","value":""}]', '«n» is no number'],
    ['[{"name":"n","value":1},{"name":"n","value":2}]', '«n» twice'],
    ['[null]', 'entry 1 has no name'],
    ['12 ms\n13 ms\n', 'printed 2 numbers («12 ms» in line 1, «13 ms» in line 2)'],
    ['first:\n\n 12\nthen:\n13', 'printed 2 numbers («12» in line 3, «13» in line 5)'],
    ['1\n2\n3 ops/sec', 'printed 3 numbers («1» in line 1, «2» in line 2 and others)'],
    ['1\ndone', 'neither a number nor JSON'],
    ['{"a": 1,\n "a": 2}', '«a» twice in one object (line 2, column 2)'],
    ['[{"name":"n","value":1,"value":2}]', '«value» twice in one object (line 1, column 24)'],
  ])('«%s» is refused, and never 0', (output, problem) => {
    expect(parseToldNumbers(output)).toMatchObject({ problem: expect.stringContaining(problem) as string });
  });

  it('are read as they are printed, whatever they are', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseToldNumbers(String(value))).toEqual([
          { name: null, value: value === 0 ? expect.closeTo(0) : value, unit: '' },
        ]);
      }),
    );
  });

  it('never throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseToldNumbers(text)));
    fc.assert(fc.property(fc.json(), (text) => void parseToldNumbers(text)));
  });
});
