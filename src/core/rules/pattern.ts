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
  const tokens = tokenize(pattern.toLowerCase());
  if (anchor === 'contains' || anchor === 'endswith') tokens.unshift(ANY);
  if (anchor === 'contains' || anchor === 'startswith') tokens.push(ANY);
  return (text) => glob(tokens, Array.from(text.toLowerCase()));
}

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
