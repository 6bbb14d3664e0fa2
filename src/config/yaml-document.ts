import { closest, distance } from 'fastest-levenshtein';
import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Node,
  type Pair,
  visit,
} from 'yaml';
import type { z } from 'zod';
import type { Problem } from '../core/rules/problem.ts';
import { schemaProblems } from './schema-problems.ts';

/** A problem in a file, ready to be shown: `rules/ours.yaml:12:5: «conect» is not …; did you mean connect?`. */
export interface PlacedProblem {
  line: number;
  column: number;
  message: string;
}

/** In units of UTF-16. */
export const LARGEST_TEXT = 1_000_000;
const TOO_DEEP = 'the text is nested too deeply';

/** A YAML text with the positions of everything in it. */
export class YamlDocument {
  readonly #document: Document.Parsed | null;
  readonly #lines: LineCounter = new LineCounter();
  /** What is wrong with the text itself; the value is then not to be used. */
  readonly problems: PlacedProblem[] = [];
  /** The plain value; null where there are problems. */
  readonly value: unknown = null;
  /** Keys and items without a value: it would be null, which is something else than nothing. */
  readonly #blanks: PlacedProblem[] = [];

  constructor(text: string) {
    this.#document = null;
    if (text.length > LARGEST_TEXT) {
      this.#add(0, `the file is larger than ${LARGEST_TEXT / 1e6} MB`);
      return;
    }
    try {
      const documents = parseAllDocuments(text, { lineCounter: this.#lines, prettyErrors: false });
      const first = Array.isArray(documents) ? documents[0] : undefined;
      const second = Array.isArray(documents) ? documents[1] : undefined;
      if (first === undefined || first.contents === null) this.#add(0, 'the file is empty');
      if (second !== undefined) this.#add(second.range[0], 'one document a file');
      for (const { message, pos } of documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])) {
        this.#add(pos[0], message.startsWith('Maximum call stack') ? TOO_DEEP : message);
      }
      if (this.problems.length > 0 || first === undefined) return;
      this.#document = first;
      this.value = first.toJS({ maxAliasCount: 100 });
      this.#findBlanks(first);
    } catch (error) {
      // Nested deeper than the parser can follow, or aliases that multiply.
      this.#add(0, error instanceof RangeError ? TOO_DEEP : (error as Error).message);
    }
  }

  /** The value as a schema has it, or everything that is wrong with it. */
  parse<T>(schema: z.ZodType<T>): { value: T; problems: null } | { value: null; problems: PlacedProblem[] } {
    if (this.problems.length > 0) return { value: null, problems: this.problems };
    const result = schema.safeParse(this.value);
    if (result.success && this.#blanks.length === 0) return { value: result.data, problems: null };
    const issues = result.error?.issues ?? [];
    const others = schemaProblems(schema, this.value, issues).filter(({ path }) => !this.#isBlank(path));
    return { value: null, problems: [...this.#blanks, ...this.place(others)] };
  }

  /** Gives problems their positions and, where something near would have been right, a suggestion. */
  place(problems: readonly Problem[]): PlacedProblem[] {
    return problems.map((problem) => ({
      ...this.positionOf(problem.path, problem.at ?? 'value'),
      message: `${problem.message}${suggestion(problem)}`,
    }));
  }

  /** Line and column of a key or a value, counted from 1; of the nearest thing around it where it is not there. */
  positionOf(path: readonly (string | number)[], at: 'key' | 'value'): { line: number; column: number } {
    let offset = 0;
    let node: unknown = this.#document?.contents;
    for (const [index, step] of path.entries()) {
      const isLast = index === path.length - 1;
      const pair = pairOf(node, step);
      const next = pair?.value ?? this.#document?.getIn(path.slice(0, index + 1), true);
      const found = isLast && at === 'key' ? (pair?.key ?? next) : (next ?? pair?.key);
      offset = offsetOf(found) ?? offsetOf(pair?.key) ?? offset;
      if (next === undefined || next === null) break;
      node = next;
    }
    if (path.length === 0) offset = offsetOf(node) ?? 0;
    return this.#position(offset);
  }

  #findBlanks(document: Document.Parsed): void {
    visit(document, {
      Pair: (_, { key, value }) => {
        if (!isBlank(value)) return;
        const name = isScalar(key) ? String(key.value) : '';
        const message = `«${name}» has no value; where nothing is meant, write null`;
        this.#blanks.push({ ...this.#position(offsetOf(key) ?? 0), message });
      },
      Seq: (_, { items }) => {
        for (const item of items.filter(isBlank)) {
          const message = 'there is nothing in this place of the list; where that is meant, write null';
          this.#blanks.push({ ...this.#position(offsetOf(item) ?? 0), message });
        }
      },
    });
  }

  #isBlank(path: readonly (string | number)[]): boolean {
    const around = this.#document?.getIn(path.slice(0, -1), true);
    const last = path.at(-1);
    if (last === undefined) return false;
    if (isSeq(around)) return isBlank(around.items[Number(last)]);
    const pair = pairOf(around, last);
    return pair !== undefined && isBlank(pair.value);
  }

  #add(offset: number, message: string): void {
    const problem = { ...this.#position(offset), message };
    const isNews = !this.problems.some(
      ({ line, column }) => line === problem.line && column === problem.column,
    );
    if (isNews) this.problems.push(problem);
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function pairOf(node: unknown, key: string | number): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
  );
}

/** As in `key:` and `{ key }`; an explicit `null` or `~` is none. */
function isBlank(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null && value.source === '');
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** A word is near what was meant when at most two letters, or a third of them, differ, and not all of its own. */
function suggestion({ value, candidates = [] }: Problem): string {
  if (value === undefined || candidates.length === 0) return '';
  const nearest = closest(value.toLowerCase(), [...candidates]);
  const letters = distance(value.toLowerCase(), nearest.toLowerCase());
  const isNear = letters <= Math.max(2, nearest.length / 3) && letters < value.length;
  return isNear ? `; did you mean ${nearest}?` : `; one of ${candidates.slice(0, 20).join(', ')}`;
}
