import { escapeControls } from '../../core/parse/escape-controls.ts';
import { bounded } from '../bounded.ts';
import { escaped, printableJson } from '../json.ts';

/** Longer texts of a watched app are cut: a page is to be read. */
const MAX_TEXT = 2_000;

/** HTML that is safe to be written as it is. Only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | readonly Html[] | string | number;

/**
 * A piece of HTML. Whatever is put into it is escaped, for an element's text and for an attribute in double quotes alike,
 * unless it is HTML itself: no text can get out of its place.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0] ?? '';
  for (const [index, part] of parts.entries()) text += textOf(part) + (strings[index + 1] ?? '');
  return new Html(text);
}

export const NOTHING: Html = new Html('');

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return forHtml(part);
  return typeof part === 'number' ? String(part) : part.map(({ text }) => text).join('');
}

/** For an element's text or an attribute in double quotes: no markup, no marks that reorder or hide, bounded. */
export function forHtml(text: string): string {
  return escapeControls(bounded(text, MAX_TEXT))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** JSON for a script element that is never run: nothing in it can end the element or begin a comment. */
export function jsonBlock(value: unknown): Html {
  return new Html(printableJson(JSON.stringify(value)).replaceAll(/[<>&]/g, escaped));
}

/** The `d` of a path, of any length: nothing but commands and numbers is let through. */
export const pathOf = (commands: readonly string[]): Html =>
  new Html(commands.join('').replaceAll(/[^MLHVhv\d.\- ]/g, ''));

/** Numbers with one digit after the point, as paths of SVG have them. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
