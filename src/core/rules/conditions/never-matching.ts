import type { Field } from '../fields.ts';

/** A part of an expression that stands in no group: an edge of the text, or something in it; what may be left out decides nothing. */
type Part = 'begin' | 'end' | 'some' | { character: string };

const CLASS = /^\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]/u;
const ESCAPED = /^\\(?:([AzbBdDwWsS])|([^\w\s]))/u;
const MAY_BE_LEFT_OUT = /^(?:[?*]|\{0)/;
const REPEATED = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/;
const OF_ADDRESSES = /[0-9a-f:.]/i;

const isInText = (part: Part): boolean => part !== 'begin' && part !== 'end';

/**
 * Why an expression matches no value of a field, so that a rule with it could never fail; null: it may match one. What is in groups, and
 * alternatives, flags and rarer escapes, is not understood, and may.
 */
export function whyNeverMatching(source: string, { name, type, form }: Field): string | null {
  const parts = partsOf(source);
  if (parts === null) return null;
  if (parts.slice(0, parts.lastIndexOf('begin') + 1).some(isInText))
    return 'nothing comes before the beginning';
  const end = parts.indexOf('end');
  if (end >= 0 && parts.slice(end).some(isInText)) return 'nothing comes after the end';
  const characters = parts.flatMap((part) => (typeof part === 'object' ? [part.character] : []));
  const foreign = type === 'ip' ? characters.find((one) => !OF_ADDRESSES.test(one)) : undefined;
  if (foreign !== undefined) return `there is no «${foreign}» in an address`;
  const [first, second] = parts;
  const isForeign =
    first === 'begin' && typeof second === 'object' && form?.beginning?.test(second.character) === false;
  return isForeign ? `${name} ${form?.problem}` : null;
}

/** Those that an expression cannot do without, in order; null: nobody can tell. */
function partsOf(source: string): Part[] | null {
  if (/\(\?|\\Q/.test(source)) return null;
  const parts: Part[] = [];
  for (let rest = source; rest !== ''; ) {
    const read = readPart(rest);
    if (read === null) return null;
    rest = rest.slice(read.length);
    const isOptional = read.part === null || MAY_BE_LEFT_OUT.test(rest);
    if (read.part !== null && !isOptional) parts.push(read.part);
    rest = rest.replace(REPEATED, '');
  }
  return parts;
}

/** The first part, and how long it is; `part` null: it may be nothing. */
function readPart(rest: string): { part: Part | null; length: number } | null {
  const [character = ''] = rest;
  const { length } = character;
  switch (character) {
    case '|':
    case ')':
      return null;
    case '^':
      return { part: 'begin', length };
    case '$':
      return { part: 'end', length };
    case '.':
      return { part: 'some', length };
    case '[': {
      const of = CLASS.exec(rest);
      return of === null ? null : { part: 'some', length: of[0].length };
    }
    case '(': {
      const groupLength = lengthOfGroup(rest);
      return groupLength === null ? null : { part: null, length: groupLength };
    }
    case '\\':
      return readEscaped(rest);
    default:
      return { part: { character }, length };
  }
}

function readEscaped(rest: string): { part: Part | null; length: number } | null {
  const [text, kind, character] = ESCAPED.exec(rest) ?? [];
  if (text === undefined) return null;
  const { length } = text;
  if (character !== undefined) return { part: { character }, length };
  if (kind === 'A') return { part: 'begin', length };
  if (kind === 'z') return { part: 'end', length };
  return { part: kind === 'b' || kind === 'B' ? null : 'some', length };
}

function lengthOfGroup(rest: string): number | null {
  let depth = 0;
  for (let at = 0; at < rest.length; ) {
    const of = CLASS.exec(rest.slice(at));
    const character = rest[at];
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    at += of === null ? (character === '\\' ? 2 : 1) : of[0].length;
    if (depth === 0) return at;
  }
  return null;
}
