import { type Connection, flowOn } from './connection.ts';
import { addReceived, directionOf, type Flow, isOneBeat } from './flow.ts';

/** An opening is held back for so long, so that one short connection is one flow. */
const HELD_NS = 5e9;
/** The record of a read's bytes follows that of its addresses within this time. */
const READ_NS = 10e6;

/** Who did something, and when. */
interface Act {
  atNs: number;
  tid: number;
}

/** What happened on connections and was not told yet: openings, held back for a while, and traffic since the last take. */
export class Untold {
  readonly #emit: (flow: Flow) => void;
  readonly #held: Set<Connection> = new Set();
  readonly #touched: Set<Connection> = new Set();

  constructor(emit: (flow: Flow) => void) {
    this.#emit = emit;
  }

  get isWaiting(): boolean {
    return this.#held.size > 0 || this.#touched.size > 0;
  }

  opened(connection: Connection, opening: Flow): void {
    connection.opening = opening;
    this.#held.add(connection);
  }

  /** It turned out to be the carrier of another, which takes its opening over. */
  handOver(carrier: Connection, connection: Connection): void {
    const { opening } = carrier;
    this.#drop(carrier);
    if (opening !== null) this.opened(connection, Object.assign(opening, { socket: connection.socket }));
  }

  /** @param isAsked somebody has asked for it on another connection */
  sent(
    connection: Connection,
    { atNs, tid }: Act,
    { bytes, isAsked }: { bytes: number; isAsked: boolean },
  ): void {
    const { opening, sent, questions } = connection;
    const isAnswer = questions.sent(atNs) || isAsked;
    const direction = directionOf({ op: 'send', isAnswer }, connection.direction);
    const isAlike = (before: Flow): boolean =>
      connection.direction === null ? before.isAnswer === isAnswer : before.direction === direction;
    if (opening !== null && opening.direction === direction && isOneBeat(opening, atNs)) {
      opening.bytesSent += bytes;
    } else if (sent !== null && isAlike(sent) && isOneBeat(sent, atNs)) {
      sent.bytesSent += bytes;
      sent.lastNs = atNs;
    } else {
      if (sent !== null) this.#emit(sent);
      connection.sent = flowOn(connection, { op: 'send', direction, atNs, tid, bytesSent: bytes, isAnswer });
      this.#touched.add(connection);
    }
  }

  /** @param bytes null where they are not known */
  received(connection: Connection, { atNs, tid }: Act, bytes: number | null): void {
    const { opening } = connection;
    if (opening !== null) {
      addReceived(opening, bytes);
      // Only our half was closed before.
      if (opening.endNs !== null) opening.endNs = Math.max(opening.endNs, atNs);
      return;
    }
    const direction = connection.direction ?? 'outbound';
    if (connection.received !== null && !isOneBeat(connection.received, atNs)) {
      this.#emit(connection.received);
      connection.received = null;
    }
    connection.received ??= flowOn(connection, { op: 'receive', direction, atNs, tid });
    connection.received.lastNs = atNs;
    addReceived(connection.received, bytes);
    this.#touched.add(connection);
  }

  /** Something was read; a record of how much is still to come. */
  reading(connection: Connection, { atNs, tid }: Act): void {
    connection.unread ??= { atNs, tid };
    this.#touched.add(connection);
  }

  refused(connection: Connection, { atNs, tid }: Act, error: number): void {
    const isAnswer = connection.questions.isAwaited(atNs);
    const direction = directionOf({ op: 'attempt', isAnswer }, connection.direction);
    connection.refused ??= flowOn(connection, { op: 'attempt', direction, atNs, tid, error, isAnswer });
    connection.refused.lastNs = atNs;
    this.#touched.add(connection);
  }

  /** Openings that are held back. */
  get openings(): Flow[] {
    return [...this.#held].flatMap(({ opening }) => opening ?? []);
  }

  /** All of one connection, as it is. */
  tell(connection: Connection): void {
    this.#settleRead(connection);
    this.#tellOpening(connection);
    this.#tellTraffic(connection);
    this.#touched.delete(connection);
  }

  take(upToNs: number, flush: boolean): void {
    for (const connection of this.#touched) {
      const isRead = flush || connection.hasEnded || (connection.unread?.atNs ?? 0) < upToNs - READ_NS;
      if (isRead) this.#settleRead(connection);
      this.#tellTraffic(connection);
      if (connection.unread === null) this.#touched.delete(connection);
    }
    for (const connection of this.#held) {
      const { opening, hasEnded } = connection;
      if (flush || hasEnded || (opening?.atNs ?? 0) < upToNs - HELD_NS) this.#tellOpening(connection);
    }
  }

  /** No bytes were told: splice(2) and the like. */
  #settleRead(connection: Connection): void {
    const { unread } = connection;
    connection.unread = null;
    if (unread !== null) this.received(connection, unread, null);
  }

  #tellOpening(connection: Connection): void {
    const { opening, isProven, wasUnanswered } = connection;
    if (opening?.op === 'connect' && wasUnanswered && !isProven) opening.op = 'attempt';
    if (opening !== null) this.#emit(opening);
    this.#drop(connection);
  }

  #drop(connection: Connection): void {
    connection.opening = null;
    this.#held.delete(connection);
  }

  #tellTraffic(connection: Connection): void {
    for (const flow of [connection.sent, connection.received, connection.refused]) {
      if (flow !== null) this.#emit(flow);
    }
    connection.sent = null;
    connection.received = null;
    connection.refused = null;
  }
}
