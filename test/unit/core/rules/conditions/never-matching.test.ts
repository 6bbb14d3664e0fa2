import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compileCondition } from '../../../../../src/core/rules/conditions/condition.ts';
import { whyNeverMatching } from '../../../../../src/core/rules/conditions/never-matching.ts';
import { fieldOf } from '../../../../../src/core/rules/fields.ts';
import type { ActivityKind, FieldValue } from '../../../../../src/model/activity.ts';

const problemOf = (kind: ActivityKind, key: string, value: FieldValue): string | null => {
  const compiled = compileCondition(kind, key, value);
  return 'truthOf' in compiled ? null : (compiled[0]?.problem ?? '');
};

describe('a condition that no value meets is a mistake', () => {
  it.each<[ActivityKind, string, FieldValue]>([
    ['process', 'process.cmdline|re', 'a^b'],
    ['process', 'process.cmdline|re', String.raw`a+\Ab`],
    ['process', 'process.cmdline|re', '[[:alpha:]]x?^b'],
    ['process', 'process.cmdline|re', '$x'],
    ['process', 'process.cmdline|re', String.raw`(a|b)\z\.`],
    ['process', 'process.cmdline|re', '^a$.+'],
    ['file', 'path|re', '^data/'],
    ['file', 'path|re', String.raw`^\.\/data`],
    ['file', 'path|startswith', 'data/'],
    ['file', 'path|startswith', './data'],
    ['network', 'remote.ip|re', String.raw`api\.example\.com`],
    ['network', 'remote.ip|contains', 'example'],
    ['network', 'remote.ip|startswith', 'https://'],
    ['network', 'remote.ip|endswith', '.com'],
    ['network', 'remote.ip', '*.example.com'],
  ])('%s %s: %s', (kind, key, value) => {
    expect(problemOf(kind, key, value)).toContain('never matches');
  });

  it.each<[ActivityKind, string, FieldValue]>([
    ['process', 'process.cmdline|re', '^a^b|c'],
    ['process', 'process.cmdline|re', 'a*^b'],
    ['process', 'process.cmdline|re', 'a{0,3}^b'],
    ['process', 'process.cmdline|re', '^^b$$'],
    ['process', 'process.cmdline|re', '(?m)a\n^b'],
    ['process', 'process.cmdline|re', '(a|^)^b'],
    ['process', 'process.cmdline|re', '[]^a]b$(c|)'],
    ['file', 'path|re', '^/data/'],
    ['file', 'path|re', '^d?/data/'],
    ['file', 'path|re', '^.*[.]db$'],
    ['file', 'path|startswith', '/srv'],
    ['file', 'path|startswith', '*/data'],
    ['file', 'path|contains', 'data/'],
    ['network', 'remote.ip|re', String.raw`^10\.(2[0-4]|x)\.`],
    ['network', 'remote.ip|contains', '168.'],
    ['network', 'remote.ip', '2001:DB8:*'],
  ])('but not one that a value may meet: %s %s: %s', (kind, key, value) => {
    expect(problemOf(kind, key, value)).toBeNull();
  });

  it('is believed of no expression that matches something', () => {
    const field = fieldOf('process', 'process.cmdline');
    if (field === null) throw new Error('no field');
    const pieces = [
      'a',
      '^',
      '$',
      '.',
      '[ab]',
      '[]a]',
      '(a|b)',
      '(^)',
      '(b$|)',
      '?',
      '*',
      '+',
      '{0}',
      '{2}',
      '|',
      String.raw`\.`,
      String.raw`\b`,
      String.raw`\A`,
      String.raw`\z`,
    ];
    const source = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 })
      .map((all) => all.join(''));
    const text = fc.array(fc.constantFrom('a', 'b', '.', 'ab'), { maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(source, fc.array(text, { minLength: 20, maxLength: 20 }), (expression, texts) => {
        let compiled: RE2JS;
        try {
          compiled = RE2JS.compile(expression);
        } catch {
          return;
        }
        const matches = ['', ...texts].some((one) => compiled.test(one));
        if (matches) expect(whyNeverMatching(expression, field)).toBeNull();
      }),
      { numRuns: 3000 },
    );
  });
});
