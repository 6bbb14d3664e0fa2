import { utf8Bytes } from '../../parse/utf8-bytes.ts';
import type { Truth } from './truth.ts';

/** Tests a text against something that was compiled once. */
export type TextTest = (text: string) => boolean;

const ANY = Symbol('*');
const ONE = Symbol('?');
type Token = string | typeof ANY | typeof ONE;

export type Anchor = 'whole' | 'contains' | 'startswith' | 'endswith';

/**
 * A Sigma string: `*` is any text, `?` one character, case does not matter; a backslash takes the meaning from a wildcard
 * or from another backslash. Matched in time proportional to text × pattern, since the text is the watched app's.
 */
export function compilePattern(pattern: string, anchor: Anchor): TextTest {
  const tokens = anchored(pattern, anchor);
  return (text) => glob(tokens, Array.from(text.toLowerCase()));
}

/** The same for the beginning of a text that goes on: `yes` and `no` only where every end of it would say so. */
export function compileBeginning(pattern: string, anchor: Anchor): (part: string) => Truth {
  const tokens = anchored(pattern, anchor);
  return (part) => globBeginning(tokens, Array.from(part.toLowerCase()));
}

/** The fewest bytes that a text of this pattern has in UTF-8. */
export function shortestBytes(pattern: string): number {
  return tokenize(pattern).reduce(
    (sum, token) => sum + (typeof token === 'string' ? utf8Bytes(token) : token === ONE ? 1 : 0),
    0,
  );
}

function anchored(pattern: string, anchor: Anchor): Token[] {
  const tokens = tokenize(pattern.toLowerCase());
  if (anchor === 'contains' || anchor === 'endswith') tokens.unshift(ANY);
  if (anchor === 'contains' || anchor === 'startswith') tokens.push(ANY);
  return tokens.filter((token, index) => token !== ANY || tokens[index - 1] !== ANY);
}

/** A text of a pattern: with a part for each `*`, which are counted from 0, and a character for each `?`. */
export function textOf(pattern: string, partOf: (star: number) => string, one: string): string {
  let stars = 0;
  return tokenize(pattern)
    .map((token) => {
      if (token === ONE) return one;
      if (token !== ANY) return token;
      stars += 1;
      return partOf(stars - 1);
    })
    .join('');
}

/** How often `*` stands in a pattern for other texts than itself. */
export const starsIn = (pattern: string): number => tokenize(pattern).filter((token) => token === ANY).length;

/** Whether `*` or `?` stands in a pattern for other texts than itself. */
export function hasWildcard(pattern: string): boolean {
  return tokenize(pattern).some((token) => typeof token === 'symbol');
}

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  const characters = Array.from(pattern);
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const next = characters[index + 1] ?? '';
    if (character === '\\' && ['*', '?', '\\'].includes(next)) {
      tokens.push(next);
      index += 1;
    } else if (character === '*') tokens.push(ANY);
    else tokens.push(character === '?' ? ONE : character);
  }
  return tokens;
}

/** Goes back to the last `*` only: earlier ones can never do better. */
function glob(tokens: readonly Token[], text: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const current = tokens[token];
    if (current === ANY) {
      star = token;
      starAt = at;
      token += 1;
    } else if (current === ONE || current === text[at]) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      token = star + 1;
      starAt += 1;
      at = starAt;
    } else return false;
  }
  while (tokens[token] === ANY) token += 1;
  return token === tokens.length;
}

/** Keeps every place of the pattern that the text so far can have led to. */
function globBeginning(tokens: readonly Token[], text: readonly string[]): Truth {
  let places = reach(tokens, [0]);
  for (const character of text) {
    const next: number[] = [];
    for (const place of places) {
      const token = tokens[place];
      if (token === ANY) next.push(place);
      else if (token === ONE || token === character) next.push(place + 1);
    }
    places = reach(tokens, next);
    if (places.size === 0) return 'no';
  }
  const isEnd = (place: number): boolean => tokens[place] === ANY && place === tokens.length - 1;
  return [...places].some(isEnd) ? 'yes' : 'unknown';
}

/** A star may also be nothing. */
function reach(tokens: readonly Token[], places: readonly number[]): Set<number> {
  const reached = new Set<number>();
  for (let place of places) {
    reached.add(place);
    while (tokens[place] === ANY && !reached.has(place + 1)) {
      place += 1;
      reached.add(place);
    }
  }
  return reached;
}
