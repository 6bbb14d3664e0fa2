import { Document, type Node, type YAMLSeq } from 'yaml';
import { cutText } from '../core/discovery/cut.ts';

const COMMENT_WIDTH = 300;

/** A document as text. A block scalar of spaces and line ends does not come back as it was, so that there are none. */
export function textOf(document: Document): string {
  return document.toString({ lineWidth: 0, flowCollectionPadding: true, blockQuote: false });
}

/** A value on one line, as YAML's flow style has it. */
export function inline(value: unknown): string {
  const document = new Document();
  document.contents = document.createNode(value, { flow: true }) as never;
  return textOf(document).trim();
}

/** A list with each of its values on a line of its own. */
export function flowList(document: Document, values: readonly object[]): Node {
  const list = document.createNode([]) as YAMLSeq;
  for (const value of values) list.add(document.createNode(value, { flow: true }));
  return list;
}

/** Each line by itself, harmless and bounded: nothing in it can end the comment. */
export function asComment(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '' : ` ${cutText(line, COMMENT_WIDTH)}`)).join('\n');
}
