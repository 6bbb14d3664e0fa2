import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packsFor } from '../../../src/cli/judging-packs.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'idleproof-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TARGETS = [
  { name: 'backend', events: { sqlite: 'app.db', table: 'events' } },
  { name: 'sidecar', events: null },
];

function packOf(...lines: string[]): string {
  const path = join(folder, 'mine.yaml');
  const rule = [
    '  - id: quiet',
    '    kind: absence',
    '    activity: event',
    ...lines.map((line) => `    ${line}`),
  ];
  writeFileSync(path, ['pack: mine', 'rules:', ...rule, ''].join('\n'));
  return path;
}

it.each([
  ['target: backed', 13, 'a target «backed» that is not watched; did you mean backend?'],
  ['match: { source: event }', 22, 'a table «event» that is not watched; did you mean events?'],
  [
    'unless: { after: { activity: event, match: { source: logs } }, within: 3s }',
    58,
    'a table «logs» that is not watched; did you mean events?',
  ],
])('%s is told with its place', (line, column, words) => {
  const path = packOf(line);
  expect(() => packsFor([path], TARGETS, false)).toThrowError(`${path}:6:${column}`);
  expect(() => packsFor([path], TARGETS, false)).toThrowError(words);
});

it('a table is one of those that are watched, whatever its case', () => {
  expect(packsFor([packOf('match: { source: Events }')], TARGETS, false)).toHaveLength(1);
  expect(() =>
    packsFor([packOf('target: sidecar', 'match: { source: event }')], TARGETS, false),
  ).toThrowError('did you mean events?');
});

it('what excuses in the whole pack is told with its place, in the file that has it', () => {
  const base = join(folder, 'base.yaml');
  const shared = (table: string): string =>
    `{ activity: event, match: { source: ${table} }, reason: known, optional: true }`;
  writeFileSync(
    base,
    `pack: base\nrules: [{ id: a, kind: absence, activity: event }]\nexcept:\n  - ${shared('events')}\n  - ${shared('event')}\n`,
  );
  expect(() => packsFor([base], TARGETS, false)).toThrowError(
    `${base}:5:41: \`except\` of the pack base is about rows of a table «event»`,
  );
  const top = join(folder, 'top.yaml');
  writeFileSync(
    top,
    `pack: top\nextends: ./base.yaml\nunless:\n  - { activity: event, after: { activity: event, match: { source: rows } }, within: 3s }\n`,
  );
  expect(() => packsFor([top], TARGETS, false)).toThrowError(`${base}:5:41: \`except\` of the pack top`);
  writeFileSync(base, `pack: base\nrules: [{ id: a, kind: absence, activity: event }]\n`);
  expect(() => packsFor([top], TARGETS, false)).toThrowError(
    `${top}:4:67: \`unless\` of the pack top is about rows of a table «rows» that is not watched; did you mean events?`,
  );
});

it('an exception that excuses all that is watched is told with its place, of a rule and of the whole pack', () => {
  const except = (match: string): string => `except: [{ match: ${match}, reason: known, optional: true }]`;
  const words = 'the exception excuses everything that is looked for in what is watched (backend, sidecar)';
  for (const match of ['{ target: [backend, sidecar] }', '{ source: events }']) {
    const path = packOf(except(match));
    expect(() => packsFor([path], TARGETS, false)).toThrowError(`${path}:6:23: the rule quiet: ${words}`);
  }
  expect(packsFor([packOf(except('{ target: backend }'))], TARGETS, false)).toHaveLength(1);
  expect(() => packsFor([packOf(except('{ target: back* }'))], TARGETS.slice(0, 1), false)).toThrowError(
    'in what is watched (backend)',
  );
  const shared = packOf();
  appendFileSync(
    shared,
    'except:\n  - { activity: event, match: { source: events }, reason: known, optional: true }\n',
  );
  expect(() => packsFor([shared], TARGETS, false)).toThrowError(`${shared}:7:31: the pack mine: ${words}`);
});
