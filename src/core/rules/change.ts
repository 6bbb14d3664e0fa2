import { type Expectation, parseExpectation } from './expectation.ts';
import type { TextProblem } from './quantity.ts';

/** `< +10%`, `>= -5 %` → operator and limit in percent of what it was. A change is told with its sign. */
export function parseChange(text: string): Expectation | TextProblem {
  const [, operator = '', sign, rest = ''] = /^\s*([^\w\s.%+-]*)\s*([+-]?)\s*(.*?)\s*$/s.exec(text) ?? [];
  const example = 'a change is written as «< +10%»';
  if (sign === '') return { problem: `«${text}» lacks a sign; ${example}` };
  if (!rest.endsWith('%')) return { problem: `«${text}» lacks the %; ${example}` };
  if (operator === '==' || operator === '!=') return { problem: `no change is exactly so much; ${example}` };
  return parseExpectation(`${operator} ${sign === '-' ? '-' : ''}${rest}`, {
    quantity: 'percent',
    perSecond: false,
  });
}
