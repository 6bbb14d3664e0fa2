import { linesOfCode } from './code-blocks.ts';

export const BEGIN_MARKER = '<!-- idleproof:begin -->';
export const END_MARKER = '<!-- idleproof:end -->';

/** Of a text that was read as Latin-1. */
const BYTE_ORDER_MARK = /^\u00EF\u00BB\u00BF/;

/** A line without what nobody sees: a byte order mark (RFC 3629, section 6) can stand before the first. */
const shown = (line: string, index: number): string =>
  (index === 0 ? line.replace(BYTE_ORDER_MARK, '') : line).replace(/\r$/, '');

/** Why a text has no place for a block, and in which line (from 1). */
export interface MarkerProblem {
  line: number;
  problem: string;
}

/**
 * A text with a block between its two markers, instead of what was there. Everything outside stays as it is, in every character; the
 * block takes on the line ends of the text. A marker in a code block is an example of one.
 */
export function insertBetween(text: string, block: string): { text: string } | MarkerProblem {
  const lines = text.split('\n');
  const texts = lines.map(shown);
  const code = linesOfCode(texts);
  const [begins, ends] = [BEGIN_MARKER, END_MARKER].map((marker) =>
    texts.flatMap((line, index) => (line.trim() === marker && !code.has(index) ? [index] : [])),
  ) as [number[], number[]];
  const [begin] = begins;
  const [end] = ends;
  if (begin === undefined) {
    if (end !== undefined)
      return { line: end + 1, problem: `there is ${END_MARKER}, and no ${BEGIN_MARKER} before it` };
    const example = texts.findIndex((line) => line.trim() === BEGIN_MARKER);
    return example === -1
      ? { line: lines.length, problem: `there is no line ${BEGIN_MARKER}` }
      : { line: example + 1, problem: `${BEGIN_MARKER} stands in a code block, and nowhere else` };
  }
  if (begins[1] !== undefined) return { line: begins[1] + 1, problem: `there is a second ${BEGIN_MARKER}` };
  if (end === undefined) {
    const isInCode = texts.some((line) => line.trim() === END_MARKER);
    const but = isInCode ? ', but for one in a code block' : '';
    return { line: begin + 1, problem: `${BEGIN_MARKER} is never closed by ${END_MARKER}${but}` };
  }
  if (ends[1] !== undefined) return { line: ends[1] + 1, problem: `there is a second ${END_MARKER}` };
  if (end < begin) return { line: end + 1, problem: `${END_MARKER} stands before ${BEGIN_MARKER}` };
  const isCrlf = lines[begin]?.endsWith('\r') === true;
  const inner = `\n${block.trim()}\n`.split('\n').map((line) => (isCrlf ? `${line}\r` : line));
  return { text: [...lines.slice(0, begin + 1), ...inner, ...lines.slice(end)].join('\n') };
}
