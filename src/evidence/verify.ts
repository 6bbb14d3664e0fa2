import { IdleproofError } from '../errors.ts';
import type { Sqlite } from '../os/sqlite.ts';
import {
  type BatchHead,
  CHAIN_START,
  digestBatch,
  digestOpening,
  digestSegment,
  digestThinned,
} from './chain.ts';
import { RowCursors } from './row-cursors.ts';
import { openEvidence } from './open-evidence.ts';
import type { RetentionNote } from './retention.ts';
import { headerOf, readSegments, type Segment, type SegmentState } from './segments.ts';
import { isDamage } from './soundness.ts';

/** Something that is not as it was written, and where. */
export interface EvidenceProblem {
  where: string;
  problem: string;
}

export interface VerifiedSegment {
  id: number;
  fromMs: number;
  /** null: it is still open, and its end cannot be checked but by a head that somebody brings. */
  toMs: number | null;
  state: SegmentState;
  batches: number;
  rows: number;
}

/** What a look at every row of an evidence file came to. */
export interface Verification {
  /** The first of them; empty: every row that is kept is as it was written. */
  problems: EvidenceProblem[];
  /** How many there are in all. */
  problemCount: number;
  segments: VerifiedSegment[];
  /** Digest of the last batch. */
  chainHead: string;
  /** Kept and read. */
  batches: number;
  rows: number;
  /** Of the heads that were brought, those that the chain does not hold: it was cut off before them, or they lie in what was dropped. */
  missingHeads: string[];
}

const MAX_PROBLEMS = 100;

/**
 * Reads every row of an evidence file, also one that is being written, and checks it against the chain: finds what was
 * changed, removed, put elsewhere, inserted or cut off. Holds one batch at a time. Throws EVIDENCE_READ, EVIDENCE_NEWER.
 * @param heads digests that the chain must have had once, from proofs or logs
 */
export function verifyEvidence(path: string, heads: readonly string[] = []): Verification {
  const { db, layout } = openEvidence(path);
  try {
    return new Verifier(db, layout.hasSegments, heads).run(layout.tables);
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    if (!isDamage(error))
      throw new IdleproofError('EVIDENCE_READ', { path, problem: (error as Error).message }, error);
    const damage = { where: 'the file', problem: `it is damaged: ${error.message}` };
    return { ...NOTHING, problems: [damage], problemCount: 1, missingHeads: [...heads] };
  } finally {
    db.close();
  }
}

const NOTHING = { segments: [], chainHead: CHAIN_START, batches: 0, rows: 0 };

interface BatchRow extends BatchHead {
  rows: number;
  previous: string;
  sha256: string;
  segment: number;
}

class Verifier {
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

  run(tables: ConstructorParameters<typeof RowCursors>[1]): Verification {
    // One state of the file, whatever is written meanwhile.
    this.#db.exec('BEGIN');
    this.#checkPages();
    const segments = readSegments(this.#db, this.#hasSegments);
    const cursors = new RowCursors(this.#db, tables);
    const extra = this.#hasSegments ? 'segment, keyframe' : '1 AS segment, 0 AS keyframe';
    const batches = this.#db
      .prepare(`SELECT id, at_ms AS atMs, rows, previous, sha256, ${extra} FROM batch ORDER BY id`)
      .iterate() as IterableIterator<BatchRow>;
    const next = (): BatchRow | null => batches.next().value ?? null;
    let batch = next();
    let expectedBatch = 1;
    let previous = CHAIN_START;
    const verified: VerifiedSegment[] = [];
    segments.forEach((segment, index) => {
      const where = `segment ${segment.id}`;
      this.#expect(segment.id === index + 1, where, `segment ${index + 1} should be here`);
      this.#expect(segment.previous === previous, where, 'it does not follow the segment before it');
      this.#expect(
        segment.firstBatch === expectedBatch,
        where,
        `it should begin with batch ${expectedBatch}`,
      );
      const isLast = index === segments.length - 1;
      this.#expect(segment.state !== 'open' || isLast, where, 'it was never closed, and others follow it');
      previous = this.#checkHeader(segment);
      let head = this.#startOf(segment);
      let [held, rows] = [0, 0];
      const first =
        segment.state === 'thinned' || segment.state === 'dropped' ? segment.firstBatch : expectedBatch;
      for (; batch !== null && (batch.segment <= segment.id || isLast); batch = next()) {
        this.#expect(
          batch.segment === segment.id,
          `batch ${batch.id}`,
          `it is said to be of segment ${batch.segment}`,
        );
        const due = first + held;
        if (batch.id !== due) this.#report(`batch ${due}`, missingBatches(due, batch.id));
        if (batch.id !== due) held += batch.id - due;
        this.#expect(batch.previous === head, `batch ${batch.id}`, 'it does not follow the batch before it');
        rows += this.#checkBatch(batch, cursors);
        head = batch.sha256;
        this.#missing.delete(head);
        held += 1;
        this.#batches += 1;
      }
      this.#rows += rows;
      this.#checkEnd(segment, { head, held, rows });
      if (segment.state === 'open' || segment.state === 'whole') this.#head = head;
      else this.#head = segment.head ?? head;
      this.#missing.delete(segment.head ?? '');
      expectedBatch = segment.firstBatch + (segment.batches ?? held);
      const { id, fromMs, toMs, state } = segment;
      verified.push({ id, fromMs, toMs, state, batches: held, rows });
    });
    if (batch !== null) this.#report(`batch ${batch.id}`, 'it is in no segment');
    for (const left of cursors.left()) this.#report(left, 'it is in no batch that is kept');
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
    for (const { table, values } of rows) {
      if (table === 'document' && values[0] === 'retention')
        this.#note = JSON.parse(String(values[1])) as RetentionNote;
    }
    return rows.length;
  }

  #checkEnd(segment: Segment, end: { head: string; held: number; rows: number }): void {
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
