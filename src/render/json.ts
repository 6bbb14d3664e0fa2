/**
 * What a terminal acts upon or an eye cannot see, and JSON does not ask to be escaped (RFC 8259, section 7): C1 controls, marks that
 * hide or reorder text, line separators. Outside of its strings JSON has none of them.
 */
const UNPRINTABLE = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The same JSON, in which all of that is written as `\uNNNN`. */
export const printableJson = (json: string): string => json.replaceAll(UNPRINTABLE, escaped);

/** A character in JSON, by its UTF-16 code units. */
export function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Any value for people and machines: indented, with a line break at the end. */
export const renderJson = (value: unknown): string => `${printableJson(JSON.stringify(value, null, 2))}\n`;

/** The same on one line, for whoever reads line by line. */
export const renderJsonLine = (value: unknown): string => `${printableJson(JSON.stringify(value))}\n`;
