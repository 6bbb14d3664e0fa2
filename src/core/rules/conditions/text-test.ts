import { compileExpression } from '../../parse/expression.ts';
import type { Field } from '../fields.ts';
import { type Anchor, compileBeginning, compilePattern, type TextTest } from './pattern.ts';
import { type Truth, truthOf } from './truth.ts';

/** A comparison with a text of which the whole or only the beginning may be there. */
export interface Comparer {
  whole: (text: string) => Truth;
  /** The text goes on, nobody knows how. */
  beginning: (part: string) => Truth;
}

/** What an app writes into a field is untrusted: a regular expression sees only so much of it. */
const LONGEST_TEXT = 4096;

/** Edges that depend on what follows, so that a match in a part decides nothing. */
const LOOKS_AHEAD = /\$|\\[bz]/iu;

/** Wildcards and no case, as in Sigma. */
export function globComparer(pattern: string, anchor: Anchor): Comparer {
  const test: TextTest = compilePattern(pattern, anchor);
  return { whole: (text) => truthOf(test(text)), beginning: compileBeginning(pattern, anchor) };
}

/** Case matters in a regular expression, as in Sigma, and it may match anywhere. @throws ExpressionError */
export function expressionComparer(source: string): Comparer {
  const test = compileExpression(source);
  const isDecided = !LOOKS_AHEAD.test(source);
  const beginning = (part: string): Truth =>
    isDecided && test(part.slice(0, LONGEST_TEXT)) ? 'yes' : 'unknown';
  return {
    whole: (text) => (text.length > LONGEST_TEXT ? beginning(text) : truthOf(test(text))),
    beginning,
  };
}

/** Compares a text as the evidence keeps it: cut, redacted, or whole. */
export function compareText(field: Field, comparer: Comparer, text: string): Truth {
  const part = field.keptPart(text);
  const truth = part === null ? comparer.whole(text) : comparer.beginning(part);
  const sure = field.surePart(text);
  if (truth === 'yes' || sure === null) return truth;
  return comparer.beginning(sure) === 'no' ? 'no' : 'unknown';
}
