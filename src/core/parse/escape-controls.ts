/** Controls, marks that hide or reorder text (zero-width, bidi overrides), line separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Makes text of a watched app harmless for a line of a terminal or a log: nothing in it can move the cursor, recolour, break
 * the line or turn text around. Such characters become `\xNN` or `\uNNNN`.
 */
export function escapeControls(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
