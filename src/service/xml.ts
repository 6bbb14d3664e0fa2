import { IdleproofError } from '../errors.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text as it stands in an element. XML 1.0 knows no control characters. */
export function escapeXml(text: string): string {
  if (/\p{Cc}/u.test(text)) {
    throw new IdleproofError('SERVICE_PATH', { path: text, problem: 'it has control characters' });
  }
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
