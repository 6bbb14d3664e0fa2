import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MODIFIERS } from '../../../../src/core/rules/conditions/condition.ts';
import { kindReference } from '../../../../src/core/rules/kind-reference.ts';
import { rulesPage } from '../../../../src/render/reference/rules-page.ts';

const page = readFileSync(new URL('../../../../docs/rules.md', import.meta.url), 'utf8');

describe('docs/rules.md', () => {
  it('has its tables as they are in the code (npm run docs)', () => {
    expect(rulesPage(page)).toBe(page);
  });

  it('shows when a table is stale, and when it has no place', () => {
    const stale = page.replace('| network | `op` |', '| network | `ops` |');
    expect(stale).not.toBe(page);
    expect(rulesPage(stale)).toBe(page);
    expect(() => rulesPage(page.replace('<!-- fields -->', ''))).toThrow('no place for «fields»');
  });

  it('tells of every modifier, kind and key', () => {
    for (const name of MODIFIERS) expect(page).toMatch(new RegExp(`\\| \`${name}\` \\| \\S`));
    for (const { kind, about, keys } of kindReference()) {
      expect(page).toContain(`| \`${kind}\` | | ${about}`);
      for (const key of keys)
        expect([kind, key.name, key.about === '']).toEqual([kind, key.name, key.name === 'kind']);
    }
  });
});
