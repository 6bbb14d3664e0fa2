/** What stands between braces: a value of a map, or one that it holds. */
export type MapValue = string | number | boolean | null | MapValue[] | { [key: string]: MapValue };

/** As deep as maps may stand in maps; what lies deeper is taken as text. */
const DEEPEST = 8;

const KEY = /^\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|:?([A-Za-z_$@][\w$.@-]*))\s*(?:=>|[:=])(.*)$/su;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/iu;

const WORDS: ReadonlyMap<string, MapValue> = new Map<string, MapValue>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
  ['nil', null],
  ['undefined', null],
]);

/**
 * A map as programs print it, which is no JSON: `{perf: model_load, ts: 1715000000.25, duration_ms: 812}`, and likewise with `=`
 * or `=>` after the keys, with either quotes, with maps and lists within. A text without quotes goes on to the next key.
 * Null where it is none: no brace, an end that is missing, something without a key. Takes time in proportion to the text.
 */
export function parseMap(text: string): { [key: string]: MapValue } | null {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}') ? mapOf(trimmed, 0) : null;
}

function mapOf(text: string, depth: number): { [key: string]: MapValue } | null {
  const parts = split(text.slice(1, -1));
  if (parts === null) return null;
  const entries: [key: string, text: string][] = [];
  for (const part of parts) {
    const [, double, single, bare, rest] = KEY.exec(part) ?? [];
    const key = unescaped(double ?? single) ?? bare;
    const last = entries.at(-1);
    if (key !== undefined && rest !== undefined) entries.push([key, rest]);
    else if (last !== undefined) last[1] += `,${part}`;
    else if (part.trim() !== '') return null;
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, valueOf(value.trim(), depth)]));
}

function valueOf(text: string, depth: number): MapValue {
  const isWithin = depth < DEEPEST;
  if (isWithin && text.startsWith('{') && text.endsWith('}')) return mapOf(text, depth + 1) ?? text;
  if (isWithin && text.startsWith('[') && text.endsWith(']')) {
    const parts = split(text.slice(1, -1));
    if (parts === null) return text;
    return parts.every((part) => part.trim() === '')
      ? []
      : parts.map((part) => valueOf(part.trim(), depth + 1));
  }
  const quoted = /^(["'])(.*)\1$/su.exec(text)?.[2];
  if (quoted !== undefined && text.length > 1) return unescaped(quoted) ?? quoted;
  if (WORDS.has(text)) return WORDS.get(text) ?? null;
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : text;
}

const CLOSES: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/** Parts between the commas that lie in no quotes and no brackets; null where something is not closed. */
function split(text: string): string[] | null {
  const parts: string[] = [];
  const open: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if ((character === '"' || character === "'") && isOpening(text, at)) {
      const end = endOfQuote(text, at);
      // An apostrophe in a text without quotes.
      if (end !== null) at = end;
      else if (character === '"') return null;
    } else if (CLOSES[character] !== undefined) open.push(CLOSES[character]);
    else if (character === open.at(-1)) open.pop();
    else if (character === '}' || character === ']') return null;
    else if (character === ',' && open.length === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  if (open.length > 0) return null;
  return [...parts, text.slice(from)];
}

/** A quote opens a text where a key or a value may begin. */
function isOpening(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && text[before] === ' ') before -= 1;
  return before < 0 || ',:=>[{('.includes(text[before] ?? '');
}

function endOfQuote(text: string, at: number): number | null {
  const quote = text[at];
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === quote) return end;
  }
  return null;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function unescaped(text: string | undefined): string | undefined {
  return text?.replaceAll(/\\(?:u([\da-f]{4})|(.))/gisu, (_, code: string | undefined, one: string) =>
    code === undefined ? (ESCAPES[one] ?? one) : String.fromCodePoint(Number.parseInt(code, 16)),
  );
}
