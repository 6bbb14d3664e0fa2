import type { Alert } from '../model/alert.ts';
import { backoffMs, isDue } from './backoff.ts';
import { batchesOf, chunks, sendable } from './batches.ts';
import type { OutboxRows, Pending } from './outbox-rows.ts';
import { redact } from './redact.ts';
import { DeliveryError, type Sink } from './sink.ts';

/** Where the outbox tells what it does; fields hold no secret and nothing that an app says. */
export type OutboxLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, string | number>>,
) => void;

export interface CourierOptions {
  sink: Sink;
  index: number;
  rows: OutboxRows;
  outboxId: string;
  random: () => number;
  log: OutboxLog;
  notices: number;
  signal: AbortSignal;
}

/** A burst becomes one notice. */
const RATE_MS = 600_000;

/** What nobody took for three days is news no more; a clock that was set forward is not three days of trying. */
const GIVE_UP_MS = 3 * 86_400_000;
const GIVE_UP_ATTEMPTS = 20;

/** A call comes again not before this, whatever is due. */
const SHORTEST_WAIT_MS = 1_000;

/** Brings alerts to one sink, in order, and keeps at it. */
export class Courier {
  readonly #options: CourierOptions;
  /** Sent, though the database could not be told: not sent again as long as this process lives. */
  readonly #unrecorded: Map<number, string> = new Map();

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Sends what is due. Rejects only with what SQLite says. */
  async deliver(nowMs: number): Promise<void> {
    const { rows, index, notices, signal } = this.#options;
    this.#recordAgain(nowMs);
    if (signal.aborted || !isDue(rows.receiver(index).nextMs, nowMs)) return;
    const allowance = notices - rows.sentTimes(index, nowMs - RATE_MS, nowMs).length;
    const refused = new Set<string>();
    const queue = sendable(rows.pending(index), nowMs).map(aloneAfterRefusal);
    for (const batch of batchesOf(queue, allowance)) {
      const ready = batch.filter(({ alert }) => !refused.has(alert.key));
      if (ready.length === 0) continue;
      const result = await this.#send(ready, nowMs);
      if (result === 'refused') for (const { alert } of ready) refused.add(alert.key);
      if (result === 'failed') return;
    }
    await this.#refresh(nowMs);
  }

  /** When there is something to do for this sink; null: nothing. */
  nextMs(nowMs: number): number | null {
    const { sink, rows, index, notices } = this.#options;
    const { nextMs, refreshedMs } = rows.receiver(index);
    const waitMs = isDue(nextMs, nowMs) ? 0 : nextMs;
    const pending = rows.pending(index);
    const times: number[] = [];
    if (pending.length > 0) {
      const recent = rows.sentTimes(index, nowMs - RATE_MS, nowMs);
      const freeMs = recent.length < notices ? 0 : (recent[recent.length - notices] ?? 0) + RATE_MS;
      const firstMs = Math.min(...pending.map((one) => (isDue(one.nextMs, nowMs) ? 0 : one.nextMs)));
      times.push(Math.max(firstMs, freeMs));
    }
    if (sink.refreshMs !== null && rows.hasOpen(index)) times.push(refreshedMs + sink.refreshMs);
    return times.length === 0 ? null : Math.max(nowMs + SHORTEST_WAIT_MS, waitMs, Math.min(...times));
  }

  async #send(batch: readonly Pending[], nowMs: number): Promise<'sent' | 'refused' | 'failed'> {
    const id = this.#noticeId(batch);
    const problem = await this.#attempt(
      id,
      batch.map(({ alert }) => alert),
      nowMs,
    );
    const { signal } = this.#options;
    if (problem === null) {
      this.#recordSent(batch, id, nowMs);
      return 'sent';
    }
    // Broken off by ourselves: the receiver has not failed.
    if (signal.aborted) return 'failed';
    this.#recordFailure(batch, problem, nowMs);
    return problem.isRefusal ? 'refused' : 'failed';
  }

  async #attempt(id: string, alerts: readonly Alert[], nowMs: number): Promise<DeliveryError | null> {
    const { sink, signal } = this.#options;
    try {
      await sink.send({ id, alerts, sentAtMs: nowMs }, signal);
      return null;
    } catch (error) {
      if (error instanceof DeliveryError) return error;
      return new DeliveryError(redact(error instanceof Error ? error.name : 'unknown', []), false);
    }
  }

  #recordSent(batch: readonly Pending[], notice: string, nowMs: number): void {
    const { rows, index, sink, log } = this.#options;
    for (const { id } of batch) this.#unrecorded.set(id, notice);
    this.#recordAgain(nowMs);
    const receiver = rows.receiver(index);
    const isRefreshed = sink.refreshMs !== null && receiver.refreshedMs === 0;
    if (receiver.failures > 0 || isRefreshed) {
      rows.setReceiver(index, {
        failures: 0,
        nextMs: 0,
        refreshedMs: isRefreshed ? nowMs : receiver.refreshedMs,
      });
    }
    log('info', 'alert sent', { ...this.#about(), notice, alerts: batch.length });
  }

  #recordAgain(nowMs: number): void {
    const { rows, index } = this.#options;
    if (this.#unrecorded.size === 0) return;
    rows.inOne(() => {
      for (const [id, notice] of this.#unrecorded) rows.finish(id, index, 'sent', nowMs, notice);
    });
    this.#unrecorded.clear();
  }

  #recordFailure(batch: readonly Pending[], { message, isRefusal }: DeliveryError, nowMs: number): void {
    const { rows, index, random, log } = this.#options;
    rows.inOne(() => {
      if (!isRefusal) return this.#backOff(nowMs);
      for (const { id, attempts } of batch) {
        rows.postpone(id, index, nowMs + backoffMs(attempts + 1, random), message);
      }
      const receiver = rows.receiver(index);
      if (receiver.failures > 0) rows.setReceiver(index, { ...receiver, failures: 0, nextMs: 0 });
    });
    log('warn', 'an alert could not be sent; it is tried again', { ...this.#about(), problem: message });
    this.#giveUpOld(message, nowMs);
  }

  #giveUpOld(problem: string, nowMs: number): void {
    const { rows, index, log } = this.#options;
    const { failures } = rows.receiver(index);
    const old = rows
      .pending(index)
      .filter(
        ({ enqueuedMs, attempts }) =>
          nowMs - enqueuedMs >= GIVE_UP_MS && Math.max(attempts, failures) >= GIVE_UP_ATTEMPTS,
      );
    if (old.length === 0) return;
    rows.inOne(() => {
      for (const { id } of old) rows.finish(id, index, 'given up', nowMs, null);
    });
    const days = GIVE_UP_MS / 86_400_000;
    for (const { id, alert } of old) {
      const fields = { ...this.#about(), alert: id, status: alert.status, days, problem };
      log('error', 'an alert was given up: nobody took it', fields);
    }
  }

  #backOff(nowMs: number): void {
    const { rows, index, random } = this.#options;
    const receiver = rows.receiver(index);
    const failures = receiver.failures + 1;
    rows.setReceiver(index, { ...receiver, failures, nextMs: nowMs + backoffMs(failures, random) });
  }

  /** Tells a sink that forgets of everything that is open. */
  async #refresh(nowMs: number): Promise<void> {
    const { sink, rows, index, signal, log, outboxId } = this.#options;
    if (sink.refreshMs === null || !rows.hasOpen(index)) return;
    const { refreshedMs } = rows.receiver(index);
    if (nowMs - refreshedMs < sink.refreshMs && refreshedMs <= nowMs) return;
    let problem: DeliveryError | null = null;
    for (const alerts of chunks(rows.open(index))) {
      problem ??= await this.#attempt(`${outboxId}-refresh`, alerts, nowMs);
    }
    if (problem === null) rows.setReceiver(index, { failures: 0, nextMs: 0, refreshedMs: nowMs });
    else if (!signal.aborted) {
      this.#backOff(nowMs);
      log('warn', 'open alerts could not be repeated', { ...this.#about(), problem: problem.message });
    }
  }

  #noticeId(batch: readonly Pending[]): string {
    const ids = [batch[0]?.id, ...(batch.length > 1 ? [batch.at(-1)?.id] : [])];
    return `${this.#options.outboxId}-${ids.join('-')}`;
  }

  #about(): { sink: number; type: string } {
    return { sink: this.#options.index, type: this.#options.sink.type };
  }
}

/** One that a receiver does not take is not to keep those back that were found with it. */
const aloneAfterRefusal = (one: Pending): Pending =>
  one.attempts === 0 ? one : { ...one, batch: String(one.id) };
