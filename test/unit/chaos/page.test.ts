import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pageOf } from '../../chaos/page.ts';

it('docs/reliability.md has the words that a run would write, whatever it finds', () => {
  const nothing = { matrix: { faults: [], activities: [], cells: [], leftOut: [] }, results: [] };
  const page = pageOf({ ...nothing, seed: 1, date: '2026-11-20', machine: 'none' });
  const [before = '', after = ''] = page.split(/^\*\*0 cells[^]*(?=^## What it has found)/mu);
  const written = readFileSync('docs/reliability.md', 'utf8');
  for (const part of [before, after]) {
    expect(part.length).toBeGreaterThan(500);
    expect(written).toContain(part);
  }
});
