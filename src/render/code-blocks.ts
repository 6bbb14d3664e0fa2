/** CommonMark 0.31, section 4.5: up to three spaces, then the fence; an info string after backticks has none. */
const OPENING = /^ {0,3}(?:(?<backticks>`{3,})[^`]*|(?<tildes>~{3,}).*)$/;

/** Section 4.4: four spaces, or a tab, make a line code. */
const INDENTED = /^(?: {4}| {0,3}\t)/;

/** The indexes of those lines of a Markdown text that show code, with the fences around it. A fence that is never closed lasts to the end. */
export function linesOfCode(lines: readonly string[]): ReadonlySet<number> {
  const code = new Set<number>();
  let fence: string | null = null;
  for (const [index, line] of lines.entries()) {
    if (fence !== null) {
      code.add(index);
      if (isClosing(line, fence)) fence = null;
      continue;
    }
    const { backticks, tildes } = OPENING.exec(line)?.groups ?? {};
    fence = backticks ?? tildes ?? null;
    if (fence !== null || INDENTED.test(line)) code.add(index);
  }
  return code;
}

/** As many of the same at least, and nothing behind them. */
function isClosing(line: string, fence: string): boolean {
  const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
  return closing !== undefined && closing.startsWith(fence);
}
