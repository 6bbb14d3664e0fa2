import type { Alert, SinkType } from '../model/alert.ts';

/** What is sent at once: alerts that were found together, or too many to be sent in notices of their own. */
export interface Notice {
  /** The same at each attempt, so that a receiver can tell a repeated notice from another. */
  id: string;
  alerts: readonly Alert[];
  /** Epoch milliseconds. */
  sentAtMs: number;
  /** Somebody tries whether alerts arrive. */
  isTest?: boolean;
}

/** Somewhere alerts go. */
export interface Sink {
  readonly type: SinkType;
  /** Tells it from the others of a configuration, wherever it stands, and holds no secret; left out: type and place do. */
  readonly key?: string;
  /** It forgets what it is not told again: so often open alerts are repeated. null: it does not. */
  readonly refreshMs: number | null;
  /** Resolves when the receiver has taken it. @throws DeliveryError, in words that hold no secret */
  send(notice: Notice, signal: AbortSignal): Promise<void>;
}

/** A notice was not taken. */
export class DeliveryError extends Error {
  /** The receiver is there and did not want this one; another may be taken. */
  readonly isRefusal: boolean;

  constructor(message: string, isRefusal: boolean) {
    super(message);
    this.name = 'DeliveryError';
    this.isRefusal = isRefusal;
  }
}

/** No answer for so long is none. */
export const SEND_TIMEOUT_MS = 10_000;
