/** Ends a text of which only the beginning was kept. */
export const CUT_MARK = '…';

/** No text is cut before so many characters: one that ends with the mark by itself is mostly shorter. */
export const SHORTEST_CUT = 200;

/** Stands before the mark where a text goes on behind a character that cannot be kept, however short the part before is. */
export const BROKEN_OFF = '\uFFFD';

/** Stands for a value that is there and of which nothing can be kept: it may be any. */
export const UNTOLD: string = `${BROKEN_OFF}${CUT_MARK}`;

/** Key of a record that says how many of its columns were left out. */
export const LEFT_OUT = '…';

/** How a blob is told: by its size, or as SQL writes it. That is for people: nobody knows which text an app means by it. */
const BLOB = /^blob (?:of \d+ bytes|X'[\dA-F]*')$/u;

/** What is kept of a text that was cut: its beginning, nothing of a blob; null where the text is whole. */
export function keptPart(text: string): string | null {
  if (BLOB.test(text)) return '';
  if (!text.endsWith(CUT_MARK)) return null;
  const part = text.slice(0, -CUT_MARK.length);
  if (part.endsWith(BROKEN_OFF)) return part.slice(0, -BROKEN_OFF.length);
  return part.length >= SHORTEST_CUT ? part : null;
}
