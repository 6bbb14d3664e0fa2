/** Strings whole, so that nothing inside of one is taken for structure. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
const COLON_NEXT = /\s*:/y;

/**
 * A key that an object of a JSON text has twice; null where there is none. Readers take the first of them or the last, and so the same
 * bytes would say different things to different people. @param text valid JSON (RFC 8259, section 4)
 */
export function repeatedKey(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else {
      const keys = open.at(-1);
      COLON_NEXT.lastIndex = index + token.length;
      if (keys === undefined || keys === null || !COLON_NEXT.test(text)) continue;
      const key = JSON.parse(token) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}

/** Why a text that has one cannot be relied on. */
export const sayRepeated = (key: string): string =>
  `it says «${key}» twice in one object, and readers differ in which of them they take`;
