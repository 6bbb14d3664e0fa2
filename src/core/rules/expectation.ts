import type { Dimension } from '../../model/dimension.ts';
import { type TextProblem, parseQuantity } from './quantity.ts';

export const OPERATORS = ['<', '<=', '>', '>=', '==', '!='] as const;
type Operator = (typeof OPERATORS)[number];

export interface Expectation {
  operator: Operator;
  /** In the dimension's base unit. */
  limit: number;
}

/** What follows for an expectation when the true value is known, or known to be at least so large. */
export type Outcome = 'kept' | 'broken' | 'open';

/** `< 0.5`, `<= 50MB`, `!= 0` → operator and limit. */
export function parseExpectation(text: string, dimension: Dimension): Expectation | TextProblem {
  const [, symbol = '', rest = ''] = /^\s*([^\w\s.%-]*)\s*(.*?)\s*$/s.exec(text) ?? [];
  const operator = OPERATORS.find((one) => one === symbol);
  if (operator === undefined) {
    const problem =
      symbol === '' ? `«${text}» lacks an operator, as in «< ${rest}»` : `«${symbol}» is not an operator`;
    return symbol === '' ? { problem } : { problem, value: symbol, candidates: OPERATORS };
  }
  const limit = parseQuantity(rest, dimension);
  return typeof limit === 'number' ? { operator, limit } : limit;
}

/** What is expected, in words: `p50 < 2s, p95 < 3s`. */
export function limitsIn(expect: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(expect)
    .map(([name, text = '']) => `${name} ${text.trim()}`)
    .join(', ');
}

/** Of a value that is never negative: whether it keeps an expectation whatever it is, or never; null: it depends. */
export function foregone({ operator, limit }: Expectation): 'always' | 'never' | null {
  if (limit > 0 || (limit === 0 && !['<', '>='].includes(operator))) return null;
  return ['>', '>=', '!='].includes(operator) ? 'always' : 'never';
}

/** Compares a measured value; with `lowerBound` the true value is this one or any larger one. */
export function compare(value: number, { operator, limit }: Expectation, lowerBound: boolean): Outcome {
  if (Number.isNaN(value)) return 'open';
  if (!lowerBound) return holdsFor(value, operator, limit) ? 'kept' : 'broken';
  switch (operator) {
    case '<':
      return value >= limit ? 'broken' : 'open';
    case '<=':
    case '==':
      return value > limit ? 'broken' : 'open';
    case '!=':
    case '>':
      return value > limit ? 'kept' : 'open';
    case '>=':
      return value >= limit ? 'kept' : 'open';
    default:
      return 'open';
  }
}

function holdsFor(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
    default:
      return false;
  }
}
