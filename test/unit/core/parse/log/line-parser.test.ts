import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptPart, UNTOLD } from '../../../../../src/core/parse/cut-text.ts';
import { lineParser } from '../../../../../src/core/parse/log/line-parser.ts';
import type { LogFormat } from '../../../../../src/model/target.ts';

const read = (format: LogFormat, line: string) => lineParser(format).parse(line);

describe('[PERF] lines', () => {
  it.each([
    '[PERF] {"perf":"model_load","ts":1715000000.25,"duration_ms":812}',
    '[PERF] {perf: model_load, ts: 1715000000.25, duration_ms: 812}',
    'I/flutter (4711): 12:00:00 [PERF]{perf: model_load, ts: 1715000000.25, duration_ms: 812}',
    '\u001b[32m[PERF] {"perf":"model_load","ts":1715000000.25,"duration_ms":812}\u001b[0m',
  ])('reads %s', (line) => {
    expect(read('perf', line)).toEqual({
      category: 'model_load',
      time: 1715000000.25,
      data: { perf: 'model_load', ts: 1715000000.25, duration_ms: 812 },
    });
  });

  it.each([
    '',
    '  ',
    'an ordinary line',
    '\u001b[1m40 %\b\b\b\b41 %\u0007\r',
    '[perf] {"perf":"x"}',
    'a { brace }',
  ])('leaves «%s» alone', (line) => {
    expect(read('perf', line)).toBe('other');
  });

  it.each([
    '[PERF] {"perf":"model_load","dur',
    '[PERF]',
    '[PERF] model_load took 812 ms',
    '[PERF] [1, 2]',
    '[PERF] } {',
    'rubbish \u0000\u0001\u0002',
  ])('does not take «%s» for nothing', (line) => {
    expect(read('perf', line)).toBe('unreadable');
  });
});

describe('JSON lines', () => {
  it('reads one of pino', () => {
    const line =
      '{"level":30,"time":1531171074631,"pid":657,"hostname":"h","req":{"id":1,"method":"GET","headers":{"authorization":"Bearer abc","host":"a"}},"msg":"done"}';
    expect(read('jsonl', line)).toEqual({
      category: 'line',
      time: 1531171074631,
      data: {
        level: 30,
        time: 1531171074631,
        pid: 657,
        hostname: 'h',
        msg: 'done',
        'req.id': 1,
        'req.method': 'GET',
        'req.headers.authorization': '***',
        'req.headers.host': 'a',
      },
    });
  });

  it.each(['Traceback (most recent call last):', '[1]', '"a"', '{"a":1', 'null', '\u0000'])(
    'does not take «%s» for nothing',
    (line) => {
      expect(read('jsonl', line)).toBe('unreadable');
    },
  );

  it('names the category by the first key that tells it', () => {
    const categoryOf = (object: object) =>
      (read('jsonl', JSON.stringify(object)) as { category: string }).category;
    expect(categoryOf({ type: 'b', event: 'a' })).toBe('a');
    expect(categoryOf({ category: '', kind: 7 })).toBe('7');
  });

  it('names the category by what an object says that stands in place of a name', () => {
    const categoryOf = (object: object) =>
      (read('jsonl', JSON.stringify(object)) as { category: string }).category;
    expect(categoryOf({ event: { type: 'x' } })).toBe('x');
    expect(
      categoryOf({ event: { kind: 'event', category: ['process'], type: ['start'], action: 'run' } }),
    ).toBe('run');
    expect(categoryOf({ event: { name: 'tool_run', type: 'info' }, type: 'b' })).toBe('tool_run');
    expect(categoryOf({ event: { id: 7, type: '' }, type: 'b' })).toBe('b');
    expect(categoryOf({ event: { type: { name: 'deeper' } } })).toBe('line');
    expect(categoryOf({ event: ['a', 'b'], kind: null })).toBe('line');
    expect(read('perf', '[PERF] {event: {name: load}, took_ms: 3}')).toMatchObject({ category: 'load' });
  });

  it('bounds what it keeps, and says so', () => {
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, index]));
    const reading = read('jsonl', JSON.stringify(wide)) as { data: Record<string, unknown> };
    expect(Object.keys(reading.data)).toHaveLength(61);
    expect(reading.data['…']).toBe(40);
    const long = read(
      'jsonl',
      JSON.stringify({ text: 'x'.repeat(1000), ['y'.repeat(101)]: 1 }),
    ) as typeof reading;
    expect(long.data).toEqual({ text: `${'x'.repeat(200)}…`, '…': 1 });
  });

  it('does not take what it cannot keep for nothing', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const reading = read('jsonl', `{"large":1e400,"small":-1e400,"deep":${deep}}`) as { data: object };
    expect(reading.data).toEqual({ large: UNTOLD, small: UNTOLD, deep: UNTOLD });
    expect(keptPart(UNTOLD)).toBe('');
  });

  it('keeps what is called __proto__ as a field', () => {
    const reading = read('jsonl', '{"__proto__":{"a":1},"b":2}') as { data: object };
    expect(Object.entries(reading.data)).toEqual([
      ['b', 2],
      ['__proto__.a', 1],
    ]);
  });
});

describe('lines by an expression', () => {
  const format = {
    regex: String.raw`^(?<time>\S+) (?<category>\w+) took (?<took_ms>\d+(?:\.\d+)?) ms(?: for (?<id>\S+))?`,
  };

  it('reads its groups, numbers as numbers', () => {
    expect(read(format, '2026-05-01T10:00:00Z load took 12.5 ms for 0012')).toEqual({
      category: 'load',
      time: '2026-05-01T10:00:00Z',
      data: { time: '2026-05-01T10:00:00Z', category: 'load', took_ms: 12.5, id: '0012' },
    });
    expect(read(format, 'nothing of it')).toBe('other');
  });

  it('does not take a line for nothing of which it saw only the beginning', () => {
    expect(read({ regex: 'end$' }, `${'x'.repeat(5000)}end`)).toBe('unreadable');
  });

  it('takes bounded time', () => {
    expect(read({ regex: '^(?<a>(?:a+)+)$' }, `${'a'.repeat(4000)}!`)).toBe('other');
  });
});

describe('whatever an app writes', () => {
  const formats: LogFormat[] = ['perf', 'jsonl', { regex: '(?<a>.*)(?<n>\\d+)' }];
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary' }).map((text) => `[PERF] ${text}`),
    fc.string({ unit: 'binary' }).map((text) => `[PERF] {${text}}`),
    fc.json().map((text) => `[PERF] ${text}`),
    fc.json(),
  );

  it('is read, left alone or told to be unreadable, and bounded', () => {
    fc.assert(
      fc.property(line, fc.constantFrom(...formats), (text, format) => {
        const reading = read(format, text);
        if (typeof reading === 'string') return;
        expect(reading.category.length).toBeLessThanOrEqual(202);
        for (const value of Object.values(reading.data))
          expect(String(value).length).toBeLessThanOrEqual(202);
        expect(Object.keys(reading.data).length).toBeLessThanOrEqual(61);
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same object in both notations', () => {
    const key = fc.stringMatching(/^[a-z]{1,8}$/u).filter((name) => !/pass|pwd|auth|token/u.test(name));
    const value = fc.oneof(fc.integer(), fc.boolean(), fc.stringMatching(/^x[a-z ]{0,8}z$/u));
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (object) => {
        const map = `{${Object.entries(object)
          .map(([name, one]) => `${name}: ${one}`)
          .join(', ')}}`;
        expect(read('perf', `[PERF] ${map}`)).toEqual(read('perf', `[PERF] ${JSON.stringify(object)}`));
      }),
    );
  });
});

describe('what is there of a line whose end has not come', () => {
  it.each<[LogFormat, string, boolean]>([
    ['perf', '[PERF] {"perf":"load"}', true],
    ['perf', '[PERF] {"perf":"lo', false],
    ['perf', 'an ordinary line', false],
    ['perf', '', false],
    ['jsonl', '{"event":"load"}', true],
    ['jsonl', '{"event":', false],
    [{ regex: '^(?<category>.+)' }, 'load', false],
  ])('in format %j: %j says all that it will say: %s', (format, part, isWhole) => {
    expect(lineParser(format).isWhole(part)).toBe(isWhole);
  });
});
