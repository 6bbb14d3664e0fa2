const STRUCTURE = /["{}[\]]/g;
const COLON_NEXT = /\s*:/y;

/** A key that stands in an object already, and where it stands again, counted from 1. */
export interface RepeatedKey {
  key: string;
  line: number;
  column: number;
}

/**
 * The first key that an object of a JSON text has twice; null where there is none. Readers take the first of them or the last, and so the same
 * bytes would say different things to different people. @param text valid JSON (RFC 8259, section 4)
 */
export function repeatedKey(text: string): RepeatedKey | null {
  const open: (Set<string> | null)[] = [];
  STRUCTURE.lastIndex = 0;
  for (let found = STRUCTURE.exec(text); found !== null; found = STRUCTURE.exec(text)) {
    const { 0: token, index } = found;
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else {
      const end = endOfString(text, index);
      STRUCTURE.lastIndex = end;
      const keys = open.at(-1);
      COLON_NEXT.lastIndex = end;
      if (keys === undefined || keys === null || !COLON_NEXT.test(text)) continue;
      const key = JSON.parse(text.slice(index, end)) as string;
      if (keys.has(key)) return { key, ...placeOf(text, index) };
      keys.add(key);
    }
  }
  return null;
}

/** Behind the quote that closes a string; a pattern for whole strings would need a stack as deep as they are long. */
function endOfString(text: string, begin: number): number {
  let end = text.indexOf('"', begin + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

function placeOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Why a text that has one cannot be relied on. */
export const sayRepeated = ({ key, line, column }: RepeatedKey): string =>
  `it says «${key.slice(0, 80)}» twice in one object (line ${line}, column ${column}), and readers differ in which of them they take`;

/** The value of a JSON text in which no object has a key twice. @throws SyntaxError; Error that names the key and its place */
export function parseUnambiguous(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const repeated = repeatedKey(text);
  if (repeated !== null) throw new Error(sayRepeated(repeated));
  return value;
}
