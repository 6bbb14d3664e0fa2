import { randomUUID } from 'node:crypto';
import type { Alert } from '../model/alert.ts';
import { Courier, type OutboxLog } from './courier.ts';
import { openOutboxFile, outboxError } from './outbox-file.ts';
import { OutboxRows } from './outbox-rows.ts';
import type { Sink } from './sink.ts';
import type { Sqlite } from '../os/sqlite.ts';

export interface OutboxOptions {
  path: string;
  /** What waits for a sink is found again by its key. */
  sinks: readonly Sink[];
  /** In [0, 1); spreads the attempts of many watchdogs. */
  random: () => number;
  log: OutboxLog;
  /** Notices to one sink within ten minutes, before they are put together; 20 where it is left out. */
  notices?: number;
}

const OUTBOX_ID = 'outbox';

/**
 * Alerts on their way: kept in a database until every sink has taken them. A receiver gets each notice at least once, and
 * twice only where this process died between the receiver's answer and the next write; the notice's id is then the same.
 */
export class Outbox {
  readonly path: string;
  /** Where a damaged outbox was set aside when this one was opened; null: there was none. */
  readonly setAside: string | null;
  readonly #db: Sqlite;
  readonly #rows: OutboxRows;
  readonly #options: OutboxOptions;
  #couriers: readonly Courier[] = [];
  #sinkIds: readonly number[] = [];
  readonly #stop: AbortController = new AbortController();
  #running: Promise<number | null> | null = null;

  private constructor(options: OutboxOptions, db: Sqlite, setAside: string | null) {
    const { path, sinks, log } = options;
    this.path = path;
    this.setAside = setAside;
    this.#options = options;
    this.#db = db;
    this.#rows = new OutboxRows(db);
    this.#use(sinks);
    if (setAside !== null) log('error', 'the outbox of alerts was damaged, and set aside', { setAside });
  }

  /** Opens the outbox, or begins one. @throws IdleproofError OUTBOX_WRITE */
  static open(options: OutboxOptions): Outbox {
    const { db, setAside } = openOutboxFile(options.path);
    try {
      return new Outbox(options, db, setAside);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Other sinks from now on, as soon as nothing is being sent. What waits for those that stay is kept. @throws IdleproofError OUTBOX_WRITE */
  async use(sinks: readonly Sink[]): Promise<void> {
    while (this.#running !== null) await this.#running.catch(() => {});
    if (!this.#stop.signal.aborted) this.#use(sinks);
  }

  #use(sinks: readonly Sink[]): void {
    const { random, log, notices = 20 } = this.#options;
    const keys = sinks.map(({ key, type }, index) => key ?? `${type} ${index}`);
    const { outboxId, sinkIds, dropped } = this.#guarded(() =>
      this.#rows.inOne(() => {
        const ids = this.#rows.sinkIds(keys);
        return { outboxId: this.#ownId(), sinkIds: ids, dropped: this.#rows.dropOtherSinks(ids) };
      }),
    );
    const { signal } = this.#stop;
    this.#sinkIds = sinkIds;
    this.#couriers = sinks.map(
      (sink, place) =>
        new Courier({
          sink,
          index: sinkIds[place] ?? place,
          rows: this.#rows,
          outboxId,
          random,
          log,
          notices,
          signal,
        }),
    );
    if (dropped > 0) log('warn', 'alerts were waiting for sinks that are configured no more', { dropped });
  }

  /**
   * Takes alerts in, in one transaction with what the caller has to remember of having told them (`memos`, by name). What
   * says nothing new of its key is dropped; the others are told in one notice. Returns how many were taken. @throws IdleproofError OUTBOX_WRITE
   */
  enqueue(alerts: readonly Alert[], nowMs: number, memos: Readonly<Record<string, string>> = {}): number {
    return this.#guarded(() =>
      this.#rows.inOne(() => {
        for (const [name, body] of Object.entries(memos)) this.#rows.setMemo(`caller:${name}`, body);
        const batch = randomUUID();
        return alerts.filter((alert) => this.#rows.add(alert, this.#sinkIds, batch, nowMs)).length;
      }),
    );
  }

  /** What `enqueue` was given under that name; null: nothing. */
  recall(name: string): string | null {
    return this.#guarded(() => this.#rows.memo(`caller:${name}`));
  }

  /**
   * Sends what is due, to all sinks at once. Resolves with the time at which it wants to be called again; null: when there
   * is a new alert. A call while one runs is that one. @throws IdleproofError OUTBOX_WRITE
   */
  deliver(nowMs: number): Promise<number | null> {
    this.#running ??= this.#deliver(nowMs).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Notices that some sink is still to be sent, and regressions that last. */
  get standing(): { pending: number; firing: number } {
    return this.#guarded(() => this.#rows.counts());
  }

  /** Whether something is being sent: traffic of ours. */
  get isSending(): boolean {
    return this.#running !== null;
  }

  /** Breaks off what is being sent, which stays in the outbox, and closes it. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running?.catch(() => {});
    this.#db.close();
  }

  async #deliver(nowMs: number): Promise<number | null> {
    const outcomes = await Promise.allSettled(this.#couriers.map((courier) => courier.deliver(nowMs)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw outboxError(this.path, outcome.reason);
    }
    return this.#guarded(() => {
      this.#rows.inOne(() => this.#rows.prune(nowMs));
      const times = this.#couriers.flatMap((courier) => courier.nextMs(nowMs) ?? []);
      return times.length === 0 ? null : Math.min(...times);
    });
  }

  /** Part of every notice's id, so that those of two watchdogs, or of a new outbox, never meet. */
  #ownId(): string {
    const known = this.#rows.memo(OUTBOX_ID);
    if (known !== null) return known;
    const id = randomUUID();
    this.#rows.setMemo(OUTBOX_ID, id);
    return id;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw outboxError(this.path, error);
    }
  }
}
