import type { FieldValue } from '../../model/activity.ts';
import { escapeControls } from '../parse/escape-controls.ts';

/** A key is kept, sent and shown; what an app says of itself can be of any length. */
const LONGEST = 600;

/**
 * One name for a regression: parts are JSON, so that no part can look like two, on one printable line. A long one ends with
 * a digest of the whole.
 */
export function regressionKey(kind: string, ...parts: readonly string[]): string {
  const key = escapeControls(`${kind}:${JSON.stringify(parts)}`);
  return key.length <= LONGEST ? key : `${key.slice(0, LONGEST)}…${fnv1a(key)}`;
}

/** The same text for the same fields, in whatever order they stand. */
export function subjectKey(subject: Readonly<Record<string, FieldValue>>): string {
  return JSON.stringify(Object.entries(subject).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The 64-bit FNV-1a hash of the text's UTF-16 code units: it only has to tell texts with the same beginning apart. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
