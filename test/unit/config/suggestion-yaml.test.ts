import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sayNothing, suggestionYaml } from '../../../src/config/suggestion-yaml.ts';
import type { Suggestions } from '../../../src/core/rules/suggest.ts';

function suggestions(match: Record<string, string>, found: string, other: string): Suggestions {
  const entry = {
    activity: 'event' as const,
    match,
    reason: 'TODO: why',
    maxCount: 2,
    every: 'TODO',
    found: [found],
  };
  return {
    packs: ['theirs'],
    except: [entry],
    others: [{ rule: 'theirs/one', text: other, because: 'a metric' }],
  };
}

describe('suggestionYaml', () => {
  it('is a pack that extends the one whose rules were broken', () => {
    const text = suggestionYaml(
      suggestions({ type: 'sync' }, 'it synced', 'it grew'),
      new Map([['theirs', './theirs.yaml']]),
    );
    expect(parse(text)).toEqual({
      pack: 'ours',
      extends: ['./theirs.yaml'],
      except: [
        { activity: 'event', match: { type: 'sync' }, reason: 'TODO: why', maxCount: 2, every: 'TODO' },
      ],
    });
    expect(text).toContain('# it synced');
    expect(text).toContain('# theirs/one: it grew (a metric)');
  });

  it('is none where there is nothing to suggest, and it says why', () => {
    expect(sayNothing({ packs: [], except: [], others: [] })).toMatch(/^nothing to suggest: [^\n]*\n$/);
    const others = [{ rule: 'theirs/one', text: 'it grew', because: 'a metric' }];
    expect(sayNothing({ packs: [], except: [], others })).toContain(
      'Not excused:\ntheirs/one: it grew (a metric)\n',
    );
  });

  it.each([' \n', '\n ', ' \n a\n', '\n'])('keeps %j as it is', (value) => {
    const text = suggestionYaml(suggestions({ type: value }, '', ''), new Map());
    expect(parse(text)).toMatchObject({ except: [{ match: { type: value } }] });
  });

  it('holds whatever an app wrote, as a value and as a comment, and nothing else', () => {
    const wild = fc.string({
      unit: fc.constantFrom(
        '\n',
        '\r',
        '"',
        "'",
        ':',
        '#',
        '-',
        ' ',
        '{',
        '&',
        '*',
        '!',
        '%',
        '\u0085',
        '\u2028',
        'a',
      ),
      maxLength: 30,
    });
    fc.assert(
      fc.property(wild, wild, wild, (value, found, other) => {
        const text = suggestionYaml(suggestions({ type: value }, found, other), new Map());
        expect(parse(text)).toMatchObject({
          pack: 'ours',
          except: [{ match: { type: value }, every: 'TODO' }],
        });
        expect(Object.keys(parse(text) as object)).toEqual(['pack', 'extends', 'except']);
      }),
    );
  });
});
