/** A Markdown table. Cells are escaped already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
