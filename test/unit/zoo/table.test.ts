import { expect, it } from 'vitest';
import type { Score } from '../../zoo/score.ts';
import { describeZoo } from '../../zoo/table.ts';

const period = {
  of: 'network',
  trueSeconds: 2,
  foundSeconds: 2.002,
  trueJitterSeconds: 0.01,
  foundJitterSeconds: 0.012,
  trueBeats: 30,
  foundBeats: 29,
} as const;
const score: Score = {
  judged: [
    { claim: 'network', does: true, outcome: 'found', reason: null },
    { claim: 'spawns', does: false, outcome: 'undecided', reason: 'only 91.5 % of the window; and more' },
    { claim: 'keepalives', does: false, outcome: 'accused', reason: null },
  ],
  periods: [period],
  strangers: ['a stranger'],
  wakesPerMinute: { seen: 60, found: null },
};
const none: Score = {
  ...score,
  periods: [
    { ...period, foundSeconds: null, trueJitterSeconds: null, foundJitterSeconds: null, foundBeats: null },
  ],
};

it('tells what is right, what is wrong, and why it could not tell', () => {
  const text = describeZoo(
    [{ name: 'a', about: 'calls', scores: { one: score, other: none } }],
    ['one', 'other'],
    60,
  );
  expect(text).toContain('| calls somebody | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 0 |');
  expect(text).toContain('| starts processes | 0 | 0 | 0 | 0 | 1 | 0 | 1 | 0 |');
  expect(text).toContain('- 1 times: only … % of the window\n');
  expect(text).toContain('1 (one), 1 (other)');
  expect(text).toContain('| a | network | 2.000 s | 2.002 s | 0.100 % | 10.0 ms | 12.0 ms | 30 | 29 |');
  expect(text).toContain('### Periods and jitter: other\n\nNo period was found.');
  expect(text).toContain(
    '| a | calls | 60 | – | accused keepalives; a stranger; cannot tell: spawns | – | accused keepalives',
  );
});
