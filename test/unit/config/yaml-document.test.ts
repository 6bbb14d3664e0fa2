import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { YamlDocument } from '../../../src/config/yaml-document.ts';
import { checkPack } from '../../../src/core/rules/check.ts';
import { packSchema } from '../../../src/core/rules/schema.ts';

const schema: z.ZodType = z.strictObject({
  name: z.string().min(1).max(20),
  list: z
    .array(z.strictObject({ kind: z.enum(['one', 'two']), size: z.number().min(0).lt(9).optional() }))
    .max(2)
    .optional(),
});

function shown(text: string): string[] {
  const { problems } = new YamlDocument(text).parse(schema);
  return (problems ?? []).map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

describe('a YAML document', () => {
  it('gives the value of a right one', () => {
    expect(new YamlDocument('name: x\nlist: [{ kind: one }]').parse(schema)).toEqual({
      value: { name: 'x', list: [{ kind: 'one' }] },
      problems: null,
    });
  });

  it.each<[string, string, string[]]>([
    ['an unknown key', 'name: x\nlits: []', ['2:1: «lits» is not a key here; did you mean list?']],
    [
      'a key far from any',
      'name: x\nsomething: 1',
      ['2:1: «something» is not a key here; one of name, list'],
    ],
    [
      'a wrong value in a list',
      'name: x\nlist:\n  - kind: tow',
      ['3:11: «tow» is not a value of kind; did you mean two?'],
    ],
    ['a missing key', 'list: []', ['1:1: name is missing; it is a text']],
    ['a missing choice', 'name: x\nlist:\n  - size: 3', ['3:5: kind is missing; one of one, two']],
    [
      'a wrong type',
      'name: x\nlist:\n  - { kind: one, size: big }',
      ['3:24: size must be a number, not the text «big»'],
    ],
    [
      'an entry of a list of the wrong type',
      'name: x\nlist: [one]',
      ['2:8: list[0] must be a map, not the text «one»'],
    ],
    ['a value that is no map', '- name', ['1:1: the file must be a map, not a list']],
    ['an empty file', '', ['1:1: the file is empty']],
    ['a comment alone', '# nothing', ['1:1: the file is empty']],
    ['a key that is there twice', 'name: x\nname: y', ['2:1: Map keys must be unique']],
    ['the same in JSON', '{"name": "x",\n "\\u006eame": "y"}', ['2:2: Map keys must be unique']],
    ['two documents', 'name: x\n---\nname: y', ['2:1: one document a file']],
    ['a key without a value', 'name:', ['1:1: «name» has no value; where nothing is meant, write null']],
    ['the same in a line', '{ name }', ['1:3: «name» has no value; where nothing is meant, write null']],
    [
      'the same where nothing would be right',
      'name: x\nlist:\n  - { kind: one, size: }',
      ['3:18: «size» has no value; where nothing is meant, write null'],
    ],
    [
      'an item without a value',
      'name: x\nlist:\n  -\n  - { kind: one }',
      ['3:4: there is nothing in this place of the list; where that is meant, write null'],
    ],
    [
      'a null that is meant, where it does not fit',
      'name: null\nlist: ~',
      ['1:7: name must be a text, not nothing', '2:7: list must be a list, not nothing'],
    ],
    ['a text that is too short', 'name: ""', ['1:7: name is empty']],
    ['a text that is too long', `name: ${'x'.repeat(30)}`, ['1:7: name must have at most 20 characters']],
    [
      'numbers beyond their bounds',
      'name: x\nlist: [{ kind: one, size: -1 }, { kind: one, size: 9.5 }]',
      ['2:27: size must be at least 0', '2:52: size must be less than 9'],
    ],
    [
      'a list that is too long',
      'name: x\nlist: [{ kind: one }, { kind: one }, { kind: one }]',
      ['2:7: list must have at most 2 entries'],
    ],
    [
      'everything at once',
      'nam: x\nlist: [{ kind: on, sise: 1 }]',
      [
        '2:16: «on» is not a value of kind; did you mean one?',
        '2:20: «sise» is not a key here; did you mean size?',
        '1:1: name is missing; it is a text',
        '1:1: «nam» is not a key here; did you mean name?',
      ],
    ],
  ])('%s', (_, text, problems) => {
    expect(shown(text).toSorted()).toEqual(problems.toSorted());
  });

  it.each([
    ['nested beyond reason', `name: ${'['.repeat(20_000)}`],
    [
      'aliases that multiply',
      `a: &a [x, x]\n${'bcdefghijklmnop'.replaceAll(/./g, (key, at: number) => `${key}: &${key} [${`*${String.fromCodePoint(97 + at)}, `.repeat(9)}]\n`)}`,
    ],
    ['larger than anybody writes', `name: ${'x'.repeat(1_000_001)}`],
    ['binary', '\u0000\u0001\uFFFF: \u0007'],
    ['a key that is dangerous elsewhere', '__proto__: { name: x }'],
  ])('%s is an error with a position', (_, text) => {
    const problems = shown(text);
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem).toMatch(/^\d+:\d+: ./);
  });
});

const VALID = `
pack: fuzzed
params: { memory: off }
except:
  - { activity: network, match: { remote.port: 53 }, reason: names, every: 5m }
rules:
  - id: quiet
    kind: absence
    activity: network
    match: { direction: outbound, remote.ip|cidr: [10.0.0.0/8] }
    unless: { after: { activity: event, match: { type: user_message } }, within: 30s }
    except: [{ match: { op: send }, reason: beats, maxCount: 3, optional: true }]
    groupBy: [remote.ip]
  - id: small
    kind: threshold
    severity: warn
    metric: memory.pss
    expect: { max: "< 50MB", p95: "<= 40MiB" }
`;

function check(text: string): void {
  const document = new YamlDocument(text);
  const parsed = document.parse(packSchema);
  const problems = parsed.problems ?? document.place(checkPack(parsed.value));
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const { line, column, message } of problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(message).not.toBe('');
  }
}

describe('the text of a pack', () => {
  it('is right as it stands', () => {
    const parsed = new YamlDocument(VALID).parse(packSchema);
    expect(parsed.problems).toBeNull();
    expect(checkPack(parsed.value as never)).toEqual([]);
  });

  it('mutated anywhere, is an error with a position or a valid pack', () => {
    const mutation = fc.record({
      at: fc.nat(VALID.length),
      length: fc.nat(12),
      text: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom(
          '\n',
          '  ',
          '- ',
          ': ',
          '{',
          '}',
          '[',
          ']',
          '"',
          '&a ',
          '*a ',
          '!!str ',
          '|',
          '<',
          '~',
          '1e99',
          '? ',
        ),
      ),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        let text = VALID;
        for (const one of mutations)
          text = text.slice(0, one.at) + one.text + text.slice(one.at + one.length);
        check(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('of any kind at all, is an error with a position', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), check), { numRuns: 500 });
  });

  it('of any value at all, is an error with a position', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('pack', 'rules', 'except', 'params', 'x'), fc.jsonValue()),
        (value) => check(JSON.stringify(value)),
      ),
      { numRuns: 500 },
    );
  });
});
