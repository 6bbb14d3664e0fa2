import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRulePacks } from '../../../src/config/rule-packs.ts';
import { compileMatch } from '../../../src/core/rules/match.ts';
import { FIELDS } from '../../../src/core/rules/fields.ts';
import { isAboutActivities, type ConditionMap, type RulePack } from '../../../src/core/rules/pack.ts';
import { IdleproofError } from '../../../src/errors.ts';
import type { NetworkActivity } from '../../../src/model/activity.ts';

const PACKS = new URL('../../../rules/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'idleproof-fuzz-'));
const file = join(folder, 'pack.yaml');
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Each rule of the packs that ship as a pack of its own. */
const SHIPPED = readdirSync(PACKS)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => {
    const [head = '', ...rules] = readFileSync(new URL(name, PACKS), 'utf8').split(/\n(?= {2}- id:)/);
    return rules.map((rule) => `${head}\n${rule.replace(/\n +why: >-\n(?: {6}.*\n)+/, '\n')}\n`);
  });

const WORDS = [
  'network',
  'process',
  'event',
  'log',
  'file',
  'absence',
  'periodicity',
  'threshold',
  'window',
  'stop',
  ...FIELDS.network.keys(),
  ...FIELDS.process.keys(),
  ...FIELDS.event.keys(),
  'data.model',
  '|contains',
  '|all',
  '|re',
  '|cidr',
  '|gt',
  '|exists',
  'null',
  'true',
  '70000',
  '-1',
  '.nan',
  '.inf',
  '""',
  "'",
  '[',
  ']',
  '{',
  '}',
  ':',
  '- ',
  '&a',
  '*a',
  '<<: *a',
  '!!js/function',
  '# ',
  '\t',
  '(a+)+$',
  '10.0.0.0/8',
  '5m',
  '< 1',
];

/** One way to damage a text: at a place between 0 and 1, with a word. */
const mutation = fc.record({
  how: fc.constantFrom('insert', 'delete', 'replace word', 'delete line', 'repeat line', 'swap'),
  where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  word: fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 3 })),
});

function mutate(text: string, { how, where, word }: { how: string; where: number; word: string }): string {
  const at = Math.floor(where * text.length);
  const lines = text.split('\n');
  const line = Math.floor(where * lines.length);
  switch (how) {
    case 'insert':
      return text.slice(0, at) + word + text.slice(at);
    case 'delete':
      return text.slice(0, at) + text.slice(at + 1);
    case 'replace word':
      return text.slice(0, at) + text.slice(at).replace(/[\w.]+/, () => word);
    case 'delete line':
      return lines.toSpliced(line, 1).join('\n');
    case 'repeat line':
      return lines.toSpliced(line, 0, lines[line] ?? '').join('\n');
    default:
      return text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2);
  }
}

/** A pack, or the lines that say what is wrong. */
function load(text: string): RulePack | string[] {
  writeFileSync(file, text);
  try {
    return loadRulePacks([file], { packsFolder: folder })[0] as RulePack;
  } catch (error) {
    if (!(error instanceof IdleproofError)) throw error;
    expect(error.code).toBe('RULE_PACK_INVALID');
    return error.message.split('\n').filter((line) => line.includes('pack.yaml:'));
  }
}

describe('mutated rule packs', () => {
  it('are a pack, or an error with a position', () => {
    let broken = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...SHIPPED),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (text, mutations) => {
          const found = load(mutations.reduce(mutate, text));
          if (Array.isArray(found)) {
            broken += 1;
            expect(found.length).toBeGreaterThan(0);
            for (const line of found) expect(line).toMatch(/^.*pack\.yaml:(\d+:\d+: .| and \d+ more)/);
            return;
          }
          for (const rule of found.rules.filter(isAboutActivities)) {
            expect(compileMatch(rule.activity, rule.match).problems).toEqual([]);
          }
        },
      ),
      { numRuns: 2500 },
    );
    expect(broken).toBeGreaterThan(500);
  });
});

const numbers = fc.constantFrom(-1, 0, 1, 80, 81, 443, 65_535, 65_536, 443.5);
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));
const choices = (name: string): fc.Arbitrary<string> =>
  fc.constantFrom(...(FIELDS.network.get(name)?.choices ?? []));
const entry = fc.oneof(
  ...['op', 'direction', 'protocol'].map((name) => fc.tuple(fc.constant(name), some(choices(name)))),
  fc.tuple(fc.constant('op|startswith'), some(fc.constantFrom('c', 'a', 'k', 'keep', 're'))),
  fc.tuple(fc.constant('op|endswith'), some(fc.constantFrom('t', 'alive', 'd'))),
  fc.tuple(fc.constant('remote.port'), some(numbers)),
  fc.tuple(fc.constant('remote.port|all'), fc.array(numbers, { minLength: 2, maxLength: 3 })),
  fc.tuple(
    fc.constantFrom('remote.port|gt', 'remote.port|gte', 'remote.port|lt', 'remote.port|lte'),
    some(numbers),
  ),
  fc.tuple(fc.constantFrom('remote.port|exists', 'op|exists'), fc.boolean()),
);

/** Whether any activity at all matches, by trying all sorts of them. */
function isPossible(map: ConditionMap): boolean {
  const ports = [0, 1, 2, 79, 80, 81, 82, 442, 443, 444, 445, 65_534, 65_535, null];
  const clauses = Object.entries(map);
  const lists = (name: string): string[] => [...(FIELDS.network.get(name)?.choices ?? [])];
  const namesKeepalive = clauses.some(
    ([key, values]) => key === 'op' && [values].flat().includes('keepalive'),
  );
  return lists('op').some((op) =>
    lists('direction').some((direction) =>
      lists('protocol').some((protocol) =>
        ports.some((port) => {
          if (op === 'keepalive' && (!namesKeepalive || protocol !== 'tcp')) return false;
          if (op === 'accept' && (direction === 'outbound' || ['udp', 'icmp', 'raw'].includes(protocol)))
            return false;
          if ((op === 'connect' || op === 'attempt') && direction === 'inbound') return false;
          if (op === 'listen' && protocol === 'tcp' && port !== null) return false;
          const fields: Record<string, unknown> = { op, direction, protocol, 'remote.port': port };
          return clauses.every(([key, values]) => holds(fields, key, [values].flat()));
        }),
      ),
    ),
  );
}

function holds(fields: Record<string, unknown>, key: string, values: readonly unknown[]): boolean {
  const [name = '', modifier] = key.split('|');
  const actual = fields[name] as NetworkActivity['op'] | number | null;
  if (modifier === 'exists') return (actual !== null) === values[0];
  if (modifier === 'all') return values.every((value) => actual === value);
  return values.some((value) => {
    if (modifier === undefined) return actual === value;
    if (actual === null) return false;
    if (modifier === 'startswith') return String(actual).startsWith(String(value));
    if (modifier === 'endswith') return String(actual).endsWith(String(value));
    const [left, right] = [Number(actual), Number(value)];
    return { gt: left > right, gte: left >= right, lt: left < right, lte: left <= right }[modifier] === true;
  });
}

describe('generated matches', () => {
  it('that can never be true are errors, and others are none', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), (entries) => {
        const map = Object.fromEntries(entries) as ConditionMap;
        const { problems } = compileMatch('network', map);
        // One value of a list that never occurs is a mistake by itself.
        const isOfOne = problems.some(({ message }) => message.startsWith('«'));
        if (!isOfOne) expect([map, problems.length === 0]).toEqual([map, isPossible(map)]);
      }),
      { numRuns: 8000 },
    );
  });
});
