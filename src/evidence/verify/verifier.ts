import type { Sqlite } from '../../os/sqlite.ts';
import { type BatchRow, BatchWalk } from './batch-walk.ts';
import { CHAIN_START, digestBatch, digestOpening, digestSegment, digestThinned } from '../chain.ts';
import type { RetentionNote } from '../retention.ts';
import type { RowCursors } from './row-cursors.ts';
import { headerOf, readSegments, type Segment } from '../segments.ts';
import type { TableName } from '../tables.ts';
import type { EvidenceProblem, Verification, VerifiedSegment } from './verification.ts';

const MAX_PROBLEMS = 100;

interface SegmentEnd {
  head: string;
  held: number;
  rows: number;
}

/** One walk over all segments, batches and rows of a file. */
export class Verifier {
  readonly #db: Sqlite;
  readonly #hasSegments: boolean;
  readonly #missing: Set<string>;
  readonly #problems: EvidenceProblem[] = [];
  #count = 0;
  #batches = 0;
  #rows = 0;
  #head = CHAIN_START;
  #note: RetentionNote = { dropped: [], thinned: [] };

  constructor(db: Sqlite, hasSegments: boolean, heads: readonly string[]) {
    this.#db = db;
    this.#hasSegments = hasSegments;
    this.#missing = new Set(heads);
  }

  run(tables: ReadonlySet<TableName>): Verification {
    // One state of the file, whatever is written meanwhile.
    this.#db.exec('BEGIN');
    this.#checkPages();
    const segments = readSegments(this.#db, this.#hasSegments);
    const walk = new BatchWalk(this.#db, this.#hasSegments, tables);
    try {
      walk.next();
      return this.#walk(segments, walk);
    } finally {
      walk.close();
    }
  }

  #walk(segments: readonly Segment[], walk: BatchWalk): Verification {
    const verified: VerifiedSegment[] = [];
    let previous = CHAIN_START;
    let firstBatch = 1;
    segments.forEach((segment, index) => {
      const isLast = index === segments.length - 1;
      const where = `segment ${segment.id}`;
      this.#expect(segment.id === index + 1, where, `segment ${index + 1} should be here`);
      this.#expect(segment.previous === previous, where, 'it does not follow the segment before it');
      this.#expect(segment.firstBatch === firstBatch, where, `it should begin with batch ${firstBatch}`);
      this.#expect(segment.state !== 'open' || isLast, where, 'it was never closed, and others follow it');
      previous = this.#checkHeader(segment);
      const end = this.#checkBatches(segment, walk, isLast);
      this.#checkEnd(segment, end);
      this.#head = segment.state === 'open' ? end.head : (segment.head ?? end.head);
      this.#missing.delete(this.#head);
      this.#rows += end.rows;
      firstBatch = segment.firstBatch + (segment.batches ?? end.held);
      const { id, fromMs, toMs, state } = segment;
      verified.push({ id, fromMs, toMs, state, batches: end.held, rows: end.rows });
    });
    if (walk.batch !== null) this.#report(`batch ${walk.batch.id}`, 'it is in no segment');
    for (const left of walk.rows.left()) this.#report(left, 'it is in no batch that is kept');
    this.#checkRetention(segments);
    return {
      problems: this.#problems,
      problemCount: this.#count,
      segments: verified,
      chainHead: this.#head,
      batches: this.#batches,
      rows: this.#rows,
      missingHeads: [...this.#missing].filter((head) => head !== CHAIN_START),
    };
  }

  #checkBatches(segment: Segment, walk: BatchWalk, isLast: boolean): SegmentEnd {
    let head = this.#startOf(segment);
    let [held, rows] = [0, 0];
    for (; walk.batch !== null && (walk.batch.segment <= segment.id || isLast); walk.next()) {
      const { batch } = walk;
      const where = `batch ${batch.id}`;
      const due = segment.firstBatch + held;
      this.#expect(batch.segment === segment.id, where, `it is said to be of segment ${batch.segment}`);
      if (batch.id !== due) this.#report(`batch ${due}`, missingBatches(due, batch.id));
      this.#expect(batch.previous === head, where, 'it does not follow the batch before it');
      rows += this.#checkBatch(batch, walk.rows);
      head = batch.sha256;
      this.#missing.delete(head);
      // Where batches are missing, those behind them are in their places all the same.
      held = batch.id - segment.firstBatch + 1;
      this.#batches += 1;
    }
    return { head, held, rows };
  }

  /** Indexes are what reading goes by; a row that is in the table but not in its index would not be read. */
  #checkPages(): void {
    const found = this.#db.pragma('integrity_check(10)') as { integrity_check: string }[];
    for (const { integrity_check: problem } of found) {
      if (problem !== 'ok') this.#report('the file', `it is damaged: ${problem}`);
    }
  }

  #startOf(segment: Segment): string {
    if (segment.state === 'thinned') return digestThinned(segment.sha256 ?? '');
    return this.#hasSegments ? digestOpening(segment) : CHAIN_START;
  }

  /** Returns what the next segment has to name. */
  #checkHeader(segment: Segment): string {
    const header = headerOf(segment);
    if (segment.state === 'open') {
      this.#expect(
        header === null && segment.sha256 === null,
        `segment ${segment.id}`,
        'it is open and has an end',
      );
      return '';
    }
    const digest = header === null ? null : digestSegment(header);
    this.#expect(digest === segment.sha256, `segment ${segment.id}`, 'its header was changed');
    return segment.sha256 ?? '';
  }

  #checkBatch(batch: BatchRow, cursors: RowCursors): number {
    const { rows, strays } = cursors.take(batch.id);
    for (const stray of strays) this.#report(stray, 'it stands where it does not belong');
    const where = `batch ${batch.id}`;
    if (rows.length !== batch.rows) {
      this.#report(where, `it was written with ${batch.rows} rows and has ${rows.length}`);
    }
    const digest = digestBatch(batch.previous, batch, rows);
    this.#expect(digest === batch.sha256, where, 'what it holds was changed');
    // What was changed says nothing about retention either.
    if (digest !== batch.sha256) return rows.length;
    for (const { table, values } of rows) {
      if (table === 'document' && values[0] === 'retention')
        this.#note = JSON.parse(String(values[1])) as RetentionNote;
    }
    return rows.length;
  }

  #checkEnd(segment: Segment, end: SegmentEnd): void {
    const where = `segment ${segment.id}`;
    if (segment.state === 'dropped') {
      this.#expect(end.held === 0, where, 'it was dropped, and there are batches of it');
    } else if (segment.state === 'thinned') {
      this.#expect(
        end.head === segment.thinnedHead && end.held === 1,
        where,
        'what was left of it was changed',
      );
    } else if (segment.state === 'whole') {
      const isWhole = end.head === segment.head && end.held === segment.batches && end.rows === segment.rows;
      this.#expect(
        isWhole,
        where,
        `it was closed with ${segment.batches} batches and ${segment.rows} rows, and has ${end.held} and ${end.rows}`,
      );
    } else {
      // No column is trusted to hold what was written there.
      this.#expect(segment.state === 'open', where, 'its state was changed into none that there is');
    }
  }

  /** What is gone must have been written down as dropped, in what is kept of the chain. */
  #checkRetention(segments: readonly Segment[]): void {
    const { dropped, thinned } = this.#note;
    for (const { id, state, thinnedHead } of segments) {
      if (state === 'dropped') {
        this.#expect(
          dropped.includes(id),
          `segment ${id}`,
          'its rows are gone, and no retention dropped them',
        );
      } else if (state === 'thinned') {
        const isKnown = thinned.some(({ segment, head }) => segment === id && head === thinnedHead);
        this.#expect(isKnown, `segment ${id}`, 'rows of it are gone, and no retention thinned it so');
      }
    }
  }

  #expect(holds: boolean, where: string, problem: string): void {
    if (!holds) this.#report(where, problem);
  }

  #report(where: string, problem: string): void {
    this.#count += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ where, problem });
  }
}

function missingBatches(due: number, found: number): string {
  if (found < due) return `batch ${found} stands in its place`;
  return found === due + 1 ? 'it was removed' : `it was removed, and those up to ${found - 1}`;
}
