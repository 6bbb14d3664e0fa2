/** What a watched app says of itself is not trusted: each output format has its own way to make text harmless. */

/** Controls, and the marks that hide or reorder text (zero-width, bidi overrides, line separators). */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** For a terminal: nothing that moves the cursor, recolours, or reorders. Control characters become `\xNN`. */
export function forTerminal(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** For one line of Markdown, in a table cell too: no links, no HTML, no formatting, no line breaks. */
export function forMarkdown(text: string): string {
  return forTerminal(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]|~#!]/g, (character) => `\\${character}`)
    .replaceAll(/\b(https?|ftp):\/\//gi, '$1&#58;//');
}

/** For a Markdown code span: the fence is longer than any run of backticks inside. */
export function asCode(text: string): string {
  const clean = forTerminal(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${clean}${pad}${fence}`;
}
