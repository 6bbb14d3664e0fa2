import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogsCollector } from '../../../../src/collectors/logs/collector.ts';
import type { LogActivity } from '../../../../src/model/activity.ts';
import { Procfs } from '../../../../src/os/procfs.ts';

const TICK_MS = 1000;

/** A program that appends to a log, and what is done to the log behind its back. */
class App {
  readonly file: string;
  /** Names of all lines, in the order in which they were written to their ends. */
  readonly written: string[] = [];
  #fd: number;
  #rest: { text: string; name: string } | null = null;
  #lines = 0;
  #rotations = 0;
  /** Inode of the file, where it was not empty at the last look. */
  #seen: number | null = null;

  constructor(folder: string) {
    this.file = join(folder, 'app.log');
    this.#fd = openSync(this.file, 'a');
  }

  line(): void {
    this.half();
    this.end();
  }

  half(): void {
    this.end();
    this.#lines += 1;
    const name = `line-${this.#lines}`;
    // A line begins like no other, or nobody could tell that another one was written over it.
    const text = `${JSON.stringify({ id: this.#lines, event: name, text: 'é'.repeat(this.#lines % 7) })}\n`;
    const middle = Math.floor(text.length / 2);
    writeSync(this.#fd, text.slice(0, middle));
    this.#rest = { text: text.slice(middle), name };
  }

  end(): void {
    if (this.#rest === null) return;
    writeSync(this.#fd, this.#rest.text);
    this.written.push(this.#rest.name);
    this.#rest = null;
  }

  rotate(): void {
    if (!existsSync(this.file)) return;
    this.#rotations += 1;
    renameSync(this.file, `${this.file}.${this.#rotations}`);
  }

  /** As after SIGHUP. */
  reopen(): void {
    this.end();
    closeSync(this.#fd);
    this.#fd = openSync(this.file, 'a');
  }

  /** A look comes by. */
  seen(): void {
    const stat = statSync(this.file, { throwIfNoEntry: false });
    this.#seen = stat !== undefined && stat.size > 0 ? stat.ino : null;
  }

  /** What was empty at the last look looks the same when it was written, cut and written again: nobody can tell that. */
  cut(): void {
    if (!existsSync(this.file) || statSync(this.file).ino !== this.#seen) return;
    copyFileSync(this.file, `${this.file}.copy`);
    truncateSync(this.file);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

class Reader {
  readonly found: string[] = [];
  /** At each look the names that were written by then, and whether a gap was told. */
  readonly gaps: { written: number }[] = [];
  readonly reasons: string[] = [];
  readonly #collector: ReturnType<typeof createLogsCollector>;
  #nowMs: number = Date.now();
  #previousMs: number | null = null;

  constructor(file: string) {
    this.#collector = createLogsCollector({
      target: 'app',
      sources: [{ file, format: 'jsonl' }],
      procfs: new Procfs(),
      tickMs: TICK_MS,
      nowMs: () => this.#nowMs,
      lookBackMs: 0,
    });
  }

  look(written: number): void {
    const { activities = [], failures = [] } = this.#collector.sample({
      nowMs: this.#nowMs,
      previousMs: this.#previousMs,
      full: true,
      processes: [],
      moved: new Set(),
      started: [],
      ended: [],
    });
    this.found.push(...(activities as LogActivity[]).map(({ category }) => category));
    this.reasons.push(...failures.map(({ reason }) => reason));
    if (failures.length > 0) this.gaps.push({ written });
    this.#previousMs = this.#nowMs;
    this.#nowMs += TICK_MS;
  }

  readAll(written: number): void {
    do this.look(written);
    while (this.#collector.pending?.() === true);
  }

  stop(): void {
    this.#collector.stop();
  }
}

type Deed = 'line' | 'half' | 'end' | 'rotate' | 'reopen' | 'cut' | 'look';

/** What is found of what was written while these things were done, and the gaps that were told. */
function follow(deeds: readonly Deed[]): { app: App; reader: Reader } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-changes-')));
  const app = new App(folder);
  const reader = new Reader(app.file);
  try {
    writeFileSync(join(folder, 'other.log'), 'beside it\n');
    reader.look(0);
    for (const deed of deeds) {
      if (deed === 'look') {
        reader.look(app.written.length);
        app.seen();
      } else app[deed]();
    }
    app.reopen();
    reader.readAll(app.written.length);
    return { app, reader };
  } finally {
    app.close();
    reader.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const deeds = (...all: Deed[]): fc.Arbitrary<Deed[]> =>
  fc.array(fc.constantFrom<Deed>(...all, 'look', 'line'), { maxLength: 25 });

describe('whatever is done to a log', () => {
  it('is read without a gap where nothing is cut and nobody stops in the middle of a line', () => {
    fc.assert(
      fc.property(deeds('line', 'rotate', 'reopen'), (all) => {
        // More than one rotation between two looks is told as a gap.
        const { app, reader } = follow(all.flatMap((deed) => (deed === 'rotate' ? ['look', deed] : [deed])));
        expect(reader.reasons).toEqual([]);
        expect(reader.found.toSorted()).toEqual(app.written.toSorted());
      }),
      { numRuns: 150 },
    );
  });

  it('loses no line without a gap after it, finds none twice, and makes up none', () => {
    fc.assert(
      fc.property(deeds('half', 'end', 'rotate', 'reopen', 'cut'), (all) => {
        const { app, reader } = follow(all);
        expect(new Set(reader.found).size).toBe(reader.found.length);
        expect(app.written).toEqual(expect.arrayContaining(reader.found));
        const lost = app.written.flatMap((name, index) => (reader.found.includes(name) ? [] : [index]));
        for (const index of lost) {
          expect([reader.reasons, reader.gaps.some(({ written }) => written > index)]).toEqual([
            reader.reasons,
            true,
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
