/** A regular expression as a tree. `one`: tells whether a character fits. */
export type Node =
  | { is: 'one'; fits: (character: string) => boolean }
  | { is: 'edge'; at: Edge }
  | { is: 'sequence'; parts: Node[] }
  | { is: 'choice'; options: Node[] }
  | { is: 'repeat'; of: Node; least: number; most: number };

/** A place between two characters. */
export type Edge = '^' | '$' | 'word' | 'inside';

/** What the language has and cannot be matched in bounded time. */
export class Unbounded extends Error {}

const QUANTIFIER = /([*+?]|\{(\d+)(,(\d*))?\})\??/y;
const CLASS = /\[(?:[^\]\\]|\\.)*\]/suy;
const ESCAPE =
  /\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}(?:\\u[0-9a-f]{4})?|x[0-9a-f]{2}|c[a-z]|[pP]\{[^}]*\}|0|[^1-9k])/iuy;
const GROUP = /\((?:\?:|\?<[A-Za-z_$][\w$]*>|(?!\?))/uy;

const EDGES: Readonly<Record<string, Edge>> = {
  '^': '^',
  $: '$',
  [String.raw`\b`]: 'word',
  [String.raw`\B`]: 'inside',
};

/**
 * Reads a regular expression of JavaScript, with its flag `u`. Characters, classes and edges are left to the engine of the
 * language itself, one at a time.
 * @throws SyntaxError where it is none; Unbounded for back references and looking around
 */
export function parseExpression(source: string): Node {
  // What is no expression at all is told in the language's own words.
  RegExp(source, 'u');
  return new Parser(source).whole();
}

class Parser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new SyntaxError(`Unmatched ${this.#source[this.#at]}`);
    return node;
  }

  #choice(): Node {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    return options.length === 1 ? (options[0] as Node) : { is: 'choice', options };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? '')) {
      parts.push(this.#repeated(this.#atom()));
    }
    return { is: 'sequence', parts };
  }

  #atom(): Node {
    if (this.#source[this.#at] === '(') return this.#group();
    const text = this.#match(CLASS) ?? this.#match(ESCAPE) ?? this.#character();
    const edge = EDGES[text];
    return edge === undefined ? oneOf(text) : { is: 'edge', at: edge };
  }

  #group(): Node {
    if (this.#match(GROUP) === null) throw new Unbounded('it looks around');
    const node = this.#choice();
    this.#take(')');
    return node;
  }

  #character(): string {
    if (this.#source[this.#at] === '\\') throw new Unbounded('it refers back to what a group has matched');
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    return character;
  }

  #repeated(of: Node): Node {
    QUANTIFIER.lastIndex = this.#at;
    const [text, sign, least, comma, most] = QUANTIFIER.exec(this.#source) ?? [];
    if (text === undefined) return of;
    this.#at += text.length;
    if (sign === '?') return { is: 'repeat', of, least: 0, most: 1 };
    if (least === undefined) {
      return { is: 'repeat', of, least: sign === '+' ? 1 : 0, most: Number.POSITIVE_INFINITY };
    }
    if (comma === undefined) return { is: 'repeat', of, least: Number(least), most: Number(least) };
    return { is: 'repeat', of, least: Number(least), most: most ? Number(most) : Number.POSITIVE_INFINITY };
  }

  #match(expression: RegExp): string | null {
    expression.lastIndex = this.#at;
    const text = expression.exec(this.#source)?.[0];
    if (text === undefined) return null;
    this.#at += text.length;
    return text;
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}

function oneOf(text: string): Node {
  const expression = new RegExp(`^(?:${text})$`, 'u');
  const known = new Map<string, boolean>();
  return {
    is: 'one',
    fits: (character) => {
      const answer = known.get(character) ?? expression.test(character);
      if (known.size < 1000) known.set(character, answer);
      return answer;
    },
  };
}
