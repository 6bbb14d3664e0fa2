import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMap } from '../../../../../src/core/parse/log/map-notation.ts';

describe('maps as programs print them', () => {
  it.each([
    [
      '{perf: model_load, ts: 1715000000.25, duration_ms: 812}',
      { perf: 'model_load', ts: 1715000000.25, duration_ms: 812 },
    ],
    [
      '{perf=model_load, at=2026-05-01T10:00:00.250Z, ok=true}',
      { perf: 'model_load', at: '2026-05-01T10:00:00.250Z', ok: true },
    ],
    [
      "{'perf': 'ttft', 'ttft_ms': 22.5, 'ok': True, 'model': None}",
      { perf: 'ttft', ttft_ms: 22.5, ok: true, model: null },
    ],
    ['{ "perf" => "load", :n => 3 }', { perf: 'load', n: 3 }],
    ['{url: http://127.0.0.1:8000/v1, n: -1e3}', { url: 'http://127.0.0.1:8000/v1', n: -1000 }],
    ['{inner: {a: 1, b: [1, two, {c: 3}]}, n: 1}', { inner: { a: 1, b: [1, 'two', { c: 3 }] }, n: 1 }],
    ['{msg: hello, world, n: 1}', { msg: 'hello, world', n: 1 }],
    [String.raw`{msg: "a, b} \"c\"", n: 1}`, { msg: 'a, b} "c"', n: 1 }],
    ["{msg: it's late, n: 1}", { msg: "it's late", n: 1 }],
    ['{}', {}],
    ['{list: [], text: }', { list: [], text: '' }],
  ])('reads %s', (text, expected) => {
    expect(parseMap(text)).toEqual(expected);
  });

  it.each([
    '',
    'perf: 1',
    '{perf: load, duration',
    '{perf: load, dura',
    '{1, 2}',
    '{a: "b}',
    '{a: {b: 1}',
    '{a: ]}',
  ])('does not read %s', (text) => {
    expect(parseMap(text)).toBeNull();
  });

  const key = fc.stringMatching(/^[a-z_][a-z_0-9.]{0,10}$/u);
  const bare = fc
    .stringMatching(/^[a-z][a-z ]{0,10}[a-z]$/u)
    .filter((text) => !['true', 'false', 'null', 'nil', 'undefined'].includes(text));
  const value = fc.oneof(
    bare,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
  );

  it('reads back what it was printed from', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name }), (entries) => {
        for (const sign of [': ', '=', ' => ']) {
          const printed = `{${entries.map(([name, one]) => `${name}${sign}${Object.is(one, -0) ? '-0' : String(one)}`).join(', ')}}`;
          expect(parseMap(printed)).toEqual(Object.fromEntries(entries));
        }
      }),
    );
  });

  it('takes any text, in time in proportion to it', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('{', '}', '[', ']', '"', "'", ',', ':', '\\', 'a', ' ', '='),
          maxLength: 60,
        }),
        (text) => {
          parseMap(`{${text}}`);
        },
      ),
      { numRuns: 5000 },
    );
    for (const piece of ['{', '[', '{a:', '"', "'", ",'", ',"', 'a:', '\\', "='\\", '{a: [', ' ']) {
      parseMap(`{a: ${piece.repeat(65_536 / piece.length)}}`);
    }
  });
});
