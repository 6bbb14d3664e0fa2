import type Database from 'better-sqlite3';
import type { Alert } from '../model/alert.ts';
import type { Sqlite } from '../os/sqlite.ts';

/** An alert that a sink is still to be sent. */
export interface Pending {
  id: number;
  alert: Alert;
  /** What was taken in together. */
  batch: string;
  enqueuedMs: number;
  attempts: number;
  nextMs: number;
}

export interface Receiver {
  failures: number;
  /** Not asked again before. */
  nextMs: number;
  refreshedMs: number;
}

interface Standing {
  status: Alert['status'];
  repeat: number;
  alert: number;
}

const DAY_MS = 86_400_000;
const KEPT_MS = 30 * DAY_MS;

/** A receiver that is dead for days does not make a queue that nobody can read in memory. */
const MOST_PENDING_READ = 1_000;

/** The statements of an outbox. What throws is SQLite. */
export class OutboxRows {
  readonly #db: Sqlite;
  readonly #statements: Map<string, Database.Statement> = new Map();

  constructor(db: Sqlite) {
    this.#db = db;
  }

  /** All of it, or nothing. */
  inOne<T>(write: () => T): T {
    return this.#db.transaction(write).immediate();
  }

  /** Notices that some sink is still to be sent, and regressions that last. */
  counts(): { pending: number; firing: number } {
    const one = (sql: string): number => (this.#run(sql).get() as { count: number }).count;
    return {
      pending: one("SELECT count(*) AS count FROM delivery WHERE state = 'pending'"),
      firing: one("SELECT count(*) AS count FROM standing WHERE status = 'firing'"),
    };
  }

  /** The numbers of sinks, which stay theirs. Those of an outbox that knew no keys were counted from 0 in their order. */
  sinkIds(keys: readonly string[]): number[] {
    const find = this.#run('SELECT id FROM sink WHERE key = ?').pluck();
    return keys.map((key) => {
      this.#run(
        'INSERT INTO sink SELECT coalesce(max(id) + 1, 0), ? FROM sink WHERE true ON CONFLICT (key) DO NOTHING',
      ).run(key);
      return Number(find.get(key));
    });
  }

  /** The alert, for these sinks; false where it says nothing new of its key. */
  add(alert: Alert, sinks: readonly number[], batch: string, nowMs: number): boolean {
    const standing = this.#run('SELECT status, repeat, alert FROM standing WHERE key = ?').get(alert.key) as
      | Standing
      | undefined;
    if (!isNews(alert, standing)) return false;
    const { lastInsertRowid } = this.#run(
      'INSERT INTO alert (key, status, enqueued_ms, batch, body) VALUES (?, ?, ?, ?, ?)',
    ).run(alert.key, alert.status, nowMs, batch, JSON.stringify(alert));
    for (const sink of sinks) {
      this.#run("INSERT INTO delivery VALUES (?, ?, 'pending', 0, ?, NULL, NULL, NULL)").run(
        lastInsertRowid,
        sink,
        nowMs,
      );
    }
    // A worse one says all that the one before would have said, where that was not sent yet.
    if (alert.repeat > 0 && standing !== undefined) {
      this.#run("UPDATE delivery SET state = 'replaced' WHERE alert = ? AND state = 'pending'").run(
        standing.alert,
      );
    }
    this.#run('INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?, ?)').run(
      alert.key,
      alert.status,
      alert.repeat,
      nowMs,
      lastInsertRowid,
    );
    return true;
  }

  pending(sink: number): Pending[] {
    const rows = this.#run(
      `SELECT id, body, batch, enqueued_ms AS enqueuedMs, attempts, next_ms AS nextMs FROM delivery JOIN alert ON id = alert
       WHERE sink = ? AND state = 'pending' ORDER BY id LIMIT ${MOST_PENDING_READ}`,
    ).all(sink) as (Omit<Pending, 'alert'> & { body: string })[];
    return rows.map(({ body, ...row }) => ({ ...row, alert: JSON.parse(body) as Alert }));
  }

  /** Gives up what waits for other sinks than these: they are configured no more. Returns how many. */
  dropOtherSinks(sinks: readonly number[]): number {
    return this.#run(
      `UPDATE delivery SET state = 'given up', problem = 'no such sink'
       WHERE state = 'pending' AND sink NOT IN (SELECT value FROM json_each(?))`,
    ).run(JSON.stringify(sinks)).changes;
  }

  /** The open alerts that a sink has been told, newest state of each. */
  open(sink: number): Alert[] {
    const rows = this.#run(
      `SELECT body FROM standing JOIN alert ON id = standing.alert JOIN delivery ON delivery.alert = id
       WHERE standing.status = 'firing' AND sink = ? AND state = 'sent' ORDER BY id LIMIT ${MOST_PENDING_READ}`,
    ).all(sink) as { body: string }[];
    return rows.map(({ body }) => JSON.parse(body) as Alert);
  }

  hasOpen(sink: number): boolean {
    return (
      this.#run(
        `SELECT 1 FROM standing JOIN delivery ON delivery.alert = standing.alert
         WHERE status = 'firing' AND sink = ? AND state = 'sent' LIMIT 1`,
      ).get(sink) !== undefined
    );
  }

  /** When the notices of a sink since then were sent, oldest first. */
  sentTimes(sink: number, sinceMs: number, untilMs: number): number[] {
    return this.#run(
      `SELECT min(done_ms) FROM delivery WHERE sink = ? AND state = 'sent' AND done_ms > ? AND done_ms <= ?
       GROUP BY notice ORDER BY 1`,
    )
      .pluck()
      .all(sink, sinceMs, untilMs) as number[];
  }

  finish(id: number, sink: number, state: 'sent' | 'given up', nowMs: number, notice: string | null): void {
    this.#run('UPDATE delivery SET state = ?, done_ms = ?, notice = ? WHERE alert = ? AND sink = ?').run(
      state,
      nowMs,
      notice,
      id,
      sink,
    );
  }

  postpone(id: number, sink: number, nextMs: number, problem: string): void {
    this.#run(
      'UPDATE delivery SET attempts = attempts + 1, next_ms = ?, problem = ? WHERE alert = ? AND sink = ?',
    ).run(nextMs, problem, id, sink);
  }

  receiver(sink: number): Receiver {
    const row = this.#run(
      'SELECT failures, next_ms AS nextMs, refreshed_ms AS refreshedMs FROM receiver WHERE sink = ?',
    ).get(sink) as Receiver | undefined;
    return row ?? { failures: 0, nextMs: 0, refreshedMs: 0 };
  }

  setReceiver(sink: number, { failures, nextMs, refreshedMs }: Receiver): void {
    this.#run('INSERT OR REPLACE INTO receiver VALUES (?, ?, ?, ?)').run(sink, failures, nextMs, refreshedMs);
  }

  memo(name: string): string | null {
    const body = this.#run('SELECT body FROM memo WHERE name = ?').pluck().get(name);
    return typeof body === 'string' ? body : null;
  }

  setMemo(name: string, body: string): void {
    this.#run('INSERT OR REPLACE INTO memo VALUES (?, ?)').run(name, body);
  }

  /** Forgets what is over for long. */
  prune(nowMs: number): void {
    const beforeMs = nowMs - KEPT_MS;
    this.#run("DELETE FROM standing WHERE status = 'resolved' AND at_ms < ?").run(beforeMs);
    const old = `SELECT id FROM alert WHERE enqueued_ms < ? AND id NOT IN (SELECT alert FROM standing)
      AND id NOT IN (SELECT alert FROM delivery WHERE state = 'pending')`;
    this.#run(`DELETE FROM delivery WHERE alert IN (${old})`).run(beforeMs);
    this.#run(`DELETE FROM alert WHERE id IN (${old})`).run(beforeMs);
  }

  #run(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** It fires and did not, it is over and was not, or it became worse. What was never told is not resolved. */
function isNews({ status, repeat }: Alert, standing: Standing | undefined): boolean {
  if (status === 'resolved') return standing?.status === 'firing';
  return standing?.status !== 'firing' || repeat > standing.repeat;
}
