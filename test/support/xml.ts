import { XmlDocument, XmlElement } from 'libxml2-wasm';

/** An element as a reader sees it. */
export interface ReadElement {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: ReadElement[];
}

/** Reads an XML document with libxml2. Throws where it is not well-formed. */
export function readXml(text: string): ReadElement {
  const document = XmlDocument.fromString(text);
  try {
    return elementOf(document.root);
  } finally {
    document.dispose();
  }
}

function elementOf(element: XmlElement): ReadElement {
  const children: ReadElement[] = [];
  let text = '';
  for (let node = element.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlElement) children.push(elementOf(node));
    else text += node.content;
  }
  const attributes = Object.fromEntries(element.attrs.map(({ name, value }) => [name, value]));
  return { name: element.name, attributes, text, children };
}
