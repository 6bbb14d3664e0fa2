import type { FieldValue } from '../../../model/activity.ts';
import { isSecretName, MASK } from '../cmdline.ts';
import { CUT_MARK, LEFT_OUT, SHORTEST_CUT, UNTOLD } from '../cut-text.ts';

const MOST_FIELDS = 60;
const LONGEST_NAME = 100;
const DEEPEST = 4;

/**
 * The fields of an object that an app has logged, flat (`req.method`) and bounded: those outside first, texts up to 200 characters,
 * lists as JSON; what is called like a secret is masked. The key «…» says how many were left out.
 */
export function lineFields(object: Readonly<Record<string, unknown>>): Record<string, FieldValue> {
  const fields: [string, FieldValue][] = [];
  let leftOut = 0;
  let level: [name: string, value: unknown][] = Object.entries(object);
  for (let depth = 1; level.length > 0; depth += 1) {
    const next: typeof level = [];
    for (const [name, value] of level) {
      const inner = isObject(value) ? Object.entries(value) : [];
      if (name.length > LONGEST_NAME || name === LEFT_OUT) leftOut += 1;
      else if (inner.length > 0 && depth < DEEPEST) {
        // One that is too wide to be kept anyway is not gone through.
        for (const [key, one] of inner.slice(0, MOST_FIELDS)) next.push([`${name}.${key}`, one]);
        leftOut += Math.max(0, inner.length - MOST_FIELDS);
      } else if (fields.length < MOST_FIELDS) fields.push([name, fieldOf(name, value)]);
      else leftOut += 1;
    }
    level = next;
  }
  if (leftOut > 0) fields.push([LEFT_OUT, leftOut]);
  return Object.fromEntries(fields);
}

/** A text as records keep it. */
export function cutField(text: string): string {
  if (text.length <= SHORTEST_CUT) return text;
  const last = text.charCodeAt(SHORTEST_CUT - 1);
  // No half of a surrogate pair.
  const end = last >= 0xd800 && last < 0xdc00 ? SHORTEST_CUT + 1 : SHORTEST_CUT;
  return end >= text.length ? text : `${text.slice(0, end)}${CUT_MARK}`;
}

function fieldOf(name: string, value: unknown): FieldValue {
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
  // `1e400`: more than a number holds.
  if (typeof value === 'number') return Number.isFinite(value) ? value : UNTOLD;
  if (isSecretName(name)) return MASK;
  return cutField(typeof value === 'string' ? value : textOf(value));
}

/** Only so much of a list is written out as is kept. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(Array.isArray(value) ? value.slice(0, SHORTEST_CUT) : value);
  } catch {
    // Too deep to be written out.
    return UNTOLD;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
