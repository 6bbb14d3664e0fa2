import { setTimeout as sleep } from 'node:timers/promises';
import type { Outbox } from '../alerts/outbox.ts';
import type { Sink } from '../alerts/sink.ts';
import type { Alert } from '../model/alert.ts';
import type { Log } from './log/log.ts';

/** While a window is open, alerts wait so long for its end: what is sent shows in the counters of the host. */
const LONGEST_WAIT_MS = 5 * 60_000;
/** So long a receiver may take when the daemon stops. */
const LAST_WAIT_MS = 5_000;

/** Puts alerts into the outbox, and has them delivered when they disturb nothing. */
export class AlertPost {
  readonly #outbox: Outbox;
  readonly #log: Log;
  /** Since when something waits, or from when on; null: nothing does, or it is under way. */
  #dueMs: number | null = 0;
  /** Called when the outbox has to be asked at another time than was known. */
  onDue: () => void = () => {};

  constructor(outbox: Outbox, log: Log) {
    this.#outbox = outbox;
    this.#log = log;
  }

  take(alerts: readonly Alert[], nowMs: number, memos: Readonly<Record<string, string>>): void {
    const taken = this.#outbox.enqueue(alerts, nowMs, memos);
    for (const { status, title, text } of alerts) {
      this.#log.warn(`${status === 'firing' ? 'regression' : 'resolved'}: ${title}`, { text });
    }
    if (taken > 0) this.#dueMs = Math.min(this.#dueMs ?? nowMs, nowMs);
  }

  recall(memo: string): string | null {
    return this.#outbox.recall(memo);
  }

  /** Nothing is to be delivered before; Infinity: nothing waits, or it is under way. */
  dueAtMs(isWindowOpen: boolean): number {
    if (this.#dueMs === null || this.#outbox.isSending) return Infinity;
    return isWindowOpen ? this.#dueMs + LONGEST_WAIT_MS : this.#dueMs;
  }

  /** Something may be due that was not known to be: the clock has begun anew, or the sinks have. */
  ask(nowMs: number): void {
    this.#dueMs = nowMs;
    this.onDue();
  }

  /** Other sinks from now on. */
  async use(sinks: readonly Sink[], nowMs: number): Promise<void> {
    await this.#outbox.use(sinks);
    this.ask(nowMs);
  }

  /** Whether something is being sent: it shows in the counters of the host. */
  get isSending(): boolean {
    return this.#outbox.isSending;
  }

  /** @param isWindowOpen whether sending would show in what is being watched */
  deliverDue(nowMs: number, isWindowOpen: boolean): void {
    if (nowMs < this.dueAtMs(isWindowOpen)) return;
    this.#dueMs = null;
    void this.#deliver(nowMs);
  }

  /** Before the end; what is not taken in time is sent after the next start. */
  async deliverLast(nowMs: number): Promise<void> {
    const tooLate = new AbortController();
    const { signal } = tooLate;
    await Promise.race([this.#deliver(nowMs), sleep(LAST_WAIT_MS, undefined, { signal }).catch(() => {})]);
    tooLate.abort();
  }

  async #deliver(nowMs: number): Promise<void> {
    try {
      const nextMs = await this.#outbox.deliver(nowMs);
      if (nextMs !== null) this.#dueMs = Math.min(this.#dueMs ?? nextMs, nextMs);
    } catch (error) {
      this.#log.error('the outbox of alerts cannot be used', { problem: (error as Error).message });
      this.#dueMs = nowMs + LONGEST_WAIT_MS;
    }
    this.onDue();
  }

  get standing(): { firing: number; outbox: number } {
    const { firing, pending } = this.#outbox.standing;
    return { firing, outbox: pending };
  }

  close(): Promise<void> {
    return this.#outbox.close();
  }
}
