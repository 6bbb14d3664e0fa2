import { type Html, html } from './markup.ts';

export interface Column {
  title: string;
  /** Aligned at its end, as numbers are. */
  isNumber?: boolean;
}

/** A table with a caption for those who do not see it; wider than a phone, it is scrolled by itself. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Html[])[]): Html {
  const align = (index: number): Html => (columns[index]?.isNumber === true ? html` class="number"` : html``);
  const head = columns.map(({ title }, index) => html`<th scope="col"${align(index)}>${title}</th>`);
  const body = rows.map(
    (cells) => html`<tr>${cells.map((cell, index) => html`<td${align(index)}>${cell}</td>`)}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption class="unseen">${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Terms with what they mean here. */
export function facts(rows: readonly (readonly [term: string, about: Html])[]): Html {
  return html`<dl class="facts">${rows.map(([term, about]) => html`<div><dt>${term}</dt><dd>${about}</dd></div>`)}</dl>`;
}

/** Items one below the other. */
export function list(items: readonly Html[]): Html {
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}
