import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/proof.md', 'utf8');
const schema = JSON.parse(readFileSync('reports/proof.schema.json', 'utf8')) as {
  properties: Record<string, unknown>;
};

/** What the first column of the table of fields names, without what lies below it. */
function fieldsTold(): Set<string> {
  const [, section = ''] = page.split('\n## What is in proof.json\n');
  const [table = ''] = section.split('\n## ');
  const cells = [...table.matchAll(/^\| (`[^|]+) \|/gmu)].map(([, cell = '']) => cell);
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/gu)].map(([, name = '']) => name)));
}

describe('docs/proof.md', () => {
  it('tells of every field of a proof', () => {
    const told = fieldsTold();
    expect(Object.keys(schema.properties).filter((name) => !told.has(name))).toEqual([]);
  });
});
