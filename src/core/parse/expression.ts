import { RE2JS, RE2JSSyntaxException } from 're2js';

/** Tells whether an expression matches anywhere in a text. */
export type ExpressionTest = (text: string) => boolean;

/** What the named groups of the first match in a text hold; a group without part in it is left out. null: no match. */
export type Capture = (text: string) => Record<string, string> | null;

/** What RE2 refuses, and what takes too long. The message says what, and where in the expression. */
export class ExpressionError extends Error {}

/** Time is proportional to text × steps, and reading takes as long as the expression is. */
const LONGEST_EXPRESSION = 4096;
const MOST_STEPS = 2000;

/**
 * Compiles a regular expression of RE2 (https://github.com/google/re2/wiki/Syntax), which is matched in time proportional to text ×
 * expression, whatever both are. The language's own goes back, and one text of thirty letters can keep it busy for years.
 * @throws ExpressionError
 */
export function compileExpression(source: string): ExpressionTest {
  const expression = compiled(source);
  return (text) => expression.test(text);
}

/** The same where its named groups are asked for; `steps`: how much work a character is at the most. @throws ExpressionError */
export function compileCapture(source: string): { capture: Capture; steps: number } {
  const expression = compiled(source);
  const names = Object.keys(expression.namedGroups());
  const capture: Capture = (text) => {
    // Most texts do not match, which is told faster than what groups hold.
    if (!expression.test(text)) return null;
    const match = expression.matcher(text);
    if (!match.find()) return null;
    const groups = names.flatMap((name): [string, string][] => {
      const held = match.group(name);
      return held === null ? [] : [[name, held]];
    });
    return Object.fromEntries(groups);
  };
  return { capture, steps: expression.programSize() };
}

function compiled(source: string): RE2JS {
  if (source.length > LONGEST_EXPRESSION) throw tooLarge();
  const expression = parsed(source);
  if (expression.programSize() > MOST_STEPS) throw tooLarge();
  return expression;
}

function parsed(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const part = error.getPattern();
    const isWhole = part === null || part === source;
    throw new ExpressionError(isWhole ? error.getDescription() : `${error.getDescription()} «${part}»`);
  }
}

const tooLarge = (): ExpressionError =>
  new ExpressionError('it is too large when its repetitions are written out');
