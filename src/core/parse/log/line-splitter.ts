/** One line of a log: its text, or that it was too long to be kept. */
export type SplitLine = { text: string } | { text: null };

/** Longer lines are lost. */
const LONGEST_LINE = 65_536;

const NEWLINE = 10;
const RETURN = 13;

/** Cuts bytes that come in pieces into lines, in bounded memory whatever they are. */
export class LineSplitter {
  readonly #decoder: InstanceType<typeof TextDecoder> = new TextDecoder();
  readonly #longest: number;
  #part: Uint8Array[] = [];
  #partBytes = 0;
  /** The line that goes on is too long: it is thrown away up to its end. */
  #skipping = false;

  constructor(longest: number = LONGEST_LINE) {
    this.#longest = longest;
  }

  /** Something of a line is there whose end has not come yet. */
  get hasPart(): boolean {
    return this.#partBytes > 0 || this.#skipping;
  }

  /** The lines that end in these bytes, which are not kept. */
  feed(bytes: Uint8Array): SplitLine[] {
    const lines: SplitLine[] = [];
    let from = 0;
    while (from < bytes.length) {
      // A file that was cut while its writer kept its place has a hole, which reads as zeros.
      if (!this.hasPart) while (bytes[from] === 0) from += 1;
      const end = bytes.indexOf(NEWLINE, from);
      if (end === -1) {
        this.#keep(bytes.subarray(from));
        break;
      }
      this.#keep(bytes.subarray(from, end));
      lines.push(this.takePart());
      from = end + 1;
    }
    return lines;
  }

  /** What is there so far of a line whose end has not come yet, and which goes on. */
  part(): SplitLine {
    return { text: this.#skipping ? null : this.#text() };
  }

  /** Ends the line that is there so far. */
  takePart(): SplitLine {
    const line = this.part();
    this.#part = [];
    this.#partBytes = 0;
    this.#skipping = false;
    return line;
  }

  #keep(bytes: Uint8Array): void {
    if (this.#skipping || bytes.length === 0) return;
    this.#partBytes += bytes.length;
    if (this.#partBytes <= this.#longest) {
      // A copy, which `slice` of a Buffer is not.
      this.#part.push(new Uint8Array(bytes));
      return;
    }
    this.#skipping = true;
    this.#part = [];
  }

  #text(): string {
    const [first] = this.#part;
    const whole = this.#part.length === 1 && first !== undefined ? first : this.#joined();
    const end = whole.at(-1) === RETURN ? whole.length - 1 : whole.length;
    return this.#decoder.decode(whole.subarray(0, end));
  }

  #joined(): Uint8Array {
    const whole = new Uint8Array(this.#partBytes);
    let at = 0;
    for (const part of this.#part) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}
