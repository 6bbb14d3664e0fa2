import { type ChildProcess, spawn } from 'node:child_process';

export interface TimedLine {
  /** When it came. */
  atMs: number;
  line: string;
}

/** Lines that nobody has fetched; more than that are a flood. */
const MAX_WAITING = 20_000;
const MAX_LINE = 4_096;

/** The output of a helper process, line by line, each with the time at which it came. */
export class LineSource {
  readonly #child: ChildProcess;
  readonly #nowMs: () => number;
  #waiting: TimedLine[] = [];
  #rest = '';
  #errors = '';
  #lost = 0;
  #problem: string | null = null;
  #onLine: (() => void) | null = null;

  /** The helper is in the caller's session; nothing waits for it when the caller wants to end. */
  constructor(argv: readonly string[], nowMs: () => number) {
    const [file = '', ...args] = argv;
    this.#nowMs = nowMs;
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => this.#add(chunk.toString('latin1')));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#errors = `${this.#errors}${chunk.toString('latin1')}`.slice(-MAX_LINE);
    });
    child.on('error', (error) => this.#end(error.message));
    child.on('close', (code, signal) =>
      this.#end(this.#errors.trim() || `ended with ${signal ?? `code ${code}`}`),
    );
    child.unref();
    for (const stream of [child.stdout, child.stderr]) (stream as unknown as { unref(): void }).unref();
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** Why it has ended; null while it runs. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Lines that were thrown away. */
  get lost(): number {
    return this.#lost;
  }

  /** Takes the function to be called when a line has come. */
  onLine(wake: () => void): void {
    this.#onLine = wake;
  }

  /** The lines that came since the last call. */
  take(): TimedLine[] {
    const lines = this.#waiting;
    this.#waiting = [];
    return lines;
  }

  /** Ends the helper. */
  stop(): void {
    if (this.#problem === null) this.#child.kill('SIGKILL');
  }

  #add(text: string): void {
    const atMs = this.#nowMs();
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    for (const line of lines) {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push({ atMs, line });
      else this.#lost += 1;
    }
    if (lines.length > 0) this.#onLine?.();
  }

  #end(problem: string): void {
    this.#problem ??= problem;
    this.#onLine?.();
  }
}
