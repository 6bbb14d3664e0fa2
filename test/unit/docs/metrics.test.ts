import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const texts = ['metrics', 'measurement-metrics'].map((name) => readFileSync(`src/render/${name}.ts`, 'utf8'));
const metrics = [...new Set(texts.join('\n').match(/idleproof_[a-z_]*[a-z]\b/gu))];

/** All names of a row of the table: `…_x` begins as the first of them does, up to its second word. */
function namesOf(row: string): string[] {
  const [first = ''] = row.match(/idleproof_[a-z]+/u) ?? [];
  const whole = row.match(/idleproof_[a-z_]+/gu) ?? [];
  return [...whole, ...[...row.matchAll(/`…(_[a-z_]+)/gu)].map(([, ending = '']) => first + ending)];
}

const documented = new Set(
  readFileSync('docs/control.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `idleproof_'))
    .flatMap(namesOf),
);

describe('docs/control.md', () => {
  it('has each metric', () => {
    expect(metrics.length).toBeGreaterThan(30);
    expect(metrics.filter((name) => !documented.has(name))).toEqual([]);
  });
});
