import { programOf, type Step } from './program.ts';
import { parseExpression } from './syntax.ts';

/** Tells whether an expression matches anywhere in a text. */
export type ExpressionTest = (text: string) => boolean;

/**
 * Compiles a regular expression that is matched in time proportional to text × expression, whatever both are: all ways through it are
 * followed side by side, and none twice. The one of the language goes back, and one text of thirty letters can
 * keep it busy for years.
 * @throws SyntaxError, Unbounded
 */
export function compileExpression(source: string): ExpressionTest {
  const steps = programOf(parseExpression(source));
  return (text) => matches(steps, Array.from(text));
}

function matches(steps: readonly Step[], characters: readonly string[]): boolean {
  let here = new Places(steps.length);
  let next = new Places(steps.length);
  for (let at = 0; at <= characters.length; at += 1) {
    // It may begin anywhere.
    if (follow(steps, 0, here, characters, at)) return true;
    const character = characters[at];
    if (character === undefined) return false;
    for (const place of here.list) {
      const step = steps[place];
      if (step?.is !== 'one' || !step.fits(character)) continue;
      if (follow(steps, place + 1, next, characters, at + 1)) return true;
    }
    [here, next] = [next, here];
    next.clear();
  }
  return false;
}

/** Goes on from a step, without reading, to all that read something; true where the end is among them. */
function follow(
  steps: readonly Step[],
  from: number,
  places: Places,
  characters: readonly string[],
  at: number,
): boolean {
  const open = [from];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (!places.add(place)) continue;
    const step = steps[place];
    if (step?.is === 'match') return true;
    if (step?.is === 'jump') open.push(step.to);
    else if (step?.is === 'split') open.push(step.other, step.one);
    else if (step?.is === 'edge' && isEdge(step.at, characters, at)) open.push(place + 1);
  }
  return false;
}

function isEdge(
  edge: Extract<Step, { is: 'edge' }>['at'],
  characters: readonly string[],
  at: number,
): boolean {
  if (edge === '^') return at === 0;
  if (edge === '$') return at === characters.length;
  const isBetween = isWord(characters[at - 1]) !== isWord(characters[at]);
  return edge === 'word' ? isBetween : !isBetween;
}

const isWord = (character: string | undefined): boolean => character !== undefined && /^\w$/.test(character);

/** Places in a program, each once, in the order in which they were come to. */
class Places {
  readonly list: number[] = [];
  readonly #has: Uint8Array;

  constructor(size: number) {
    this.#has = new Uint8Array(size);
  }

  add(place: number): boolean {
    if (this.#has[place] === 1) return false;
    this.#has[place] = 1;
    this.list.push(place);
    return true;
  }

  clear(): void {
    for (const place of this.list) this.#has[place] = 0;
    this.list.length = 0;
  }
}
