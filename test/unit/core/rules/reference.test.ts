import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  fieldReference,
  groupReference,
  measurementReference,
  metricReference,
} from '../../../../src/core/rules/reference.ts';

const docs = readFileSync(new URL('../../../../docs/rules.md', import.meta.url), 'utf8');

it.each([
  ['fields', `\n${fieldReference()}\n`],
  ['metrics', `\n${metricReference()}\n`],
  ['measurements', `\n${measurementReference()}\n`],
  ['groups', groupReference()],
])('docs/rules.md has the table of %s as it is in the code', (name, table) => {
  const [, found] = new RegExp(`<!-- ${name} -->(.*?)<!-- /${name} -->`, 's').exec(docs) ?? [];
  expect(found).toBe(table);
});
