import { escapeControls } from '../core/parse/escape-controls.ts';

/** An XML element: attributes with their values as they are, and a body of text or of elements. */
export interface XmlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  /** Text as it is, or elements. Left out: empty. */
  body?: string | readonly XmlElement[];
}

/** Not characters of XML 1.0 and so forbidden even as references (section 2.2), beside what escapeControls takes. */
const FORBIDDEN = /[\uFFFE\uFFFF]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** For an attribute or a text of XML 1.0. Lines of a text are kept; every other control is shown as `\xNN`. */
function forXml(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      escapeControls(line)
        .replaceAll(FORBIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
        .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character),
    )
    .join('\n');
}

/** An XML 1.0 document in UTF-8, indented. */
export const xmlDocument = (root: XmlElement): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${elementLines(root, '').join('\n')}\n`;

function elementLines({ name, attributes, body = [] }: XmlElement, indent: string): string[] {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${inAttribute(value)}"`);
  const open = `${indent}<${name}${pairs.join('')}`;
  if (typeof body === 'string') return [`${open}>${forXml(body)}</${name}>`];
  if (body.length === 0) return [`${open}/>`];
  return [`${open}>`, ...body.flatMap((child) => elementLines(child, `${indent}  `)), `${indent}</${name}>`];
}

/** A bare line break would be read back as a blank. */
const inAttribute = (value: string): string => forXml(value).replaceAll('\n', '&#10;');
