import { expect, it } from 'vitest';
import { chosenFrom } from '../../zoo/chosen.ts';
import { PROGRAMS } from '../../zoo/programs.ts';

const chosen = (only?: string): string[] => chosenFrom(PROGRAMS, only).map(({ name }) => name);

it('takes parts of names', () => {
  expect(chosen('haproxy, memc')).toEqual(['memcached', 'haproxy']);
  expect(chosen('Redis-Replica')).toEqual(['redis replica']);
  expect(chosen('n 5 curl')).toEqual(['watch -n 5 curl']);
  expect(chosen('redis').length).toBeGreaterThan(3);
  expect(chosen()).toHaveLength(PROGRAMS.length);
});

it.each([
  ['haprxy', '«haprxy»'],
  ['nginx,haprxy', '«haprxy»'],
  ['', '«»'],
  ['nginx,', '«»'],
])('lists the names where nothing matches «%s»', (only, part) => {
  expect(() => chosen(only)).toThrow(`no program of the zoo has ${part} in its name; there are\n`);
  for (const { name } of PROGRAMS) expect(() => chosen(only)).toThrow(`\n  ${name}`);
});
