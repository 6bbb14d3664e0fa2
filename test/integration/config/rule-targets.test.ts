import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packsFor } from '../../../src/cli/check-plan.ts';

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
  ['target: backed', 'target', 6, 'a target «backed» that is not watched; did you mean backend?'],
  ['match: { source: event }', 'match', 6, 'not the events table of any target; did you mean events?'],
  [
    'unless: { after: { activity: event, match: { source: logs } }, within: 3s }',
    'unless',
    6,
    'not the events table of any target; did you mean events?',
  ],
])('%s is told with its place', (line, key, row, words) => {
  const path = packOf(line);
  expect(() => packsFor([path], TARGETS, false)).toThrowError(`${path}:${row}:${key.length + 7}`);
  expect(() => packsFor([path], TARGETS, false)).toThrowError(words);
});

it('a source is of the targets that the rule is for, and nobody’s where there is no table', () => {
  const path = packOf('target: sidecar', 'match: { source: event }');
  expect(packsFor([path], TARGETS, false)).toHaveLength(1);
  expect(packsFor([packOf('match: { source: Events }')], TARGETS, false)).toHaveLength(1);
});
