import type { SocketAddressRecord, TransferRecord } from '../../../model/kernel-record.ts';
import { type Connection, isOther } from './connection.ts';
import type { Connections } from './connections.ts';
import { MSG_FASTOPEN, MSG_PEEK } from './message-flags.ts';
import { LastQuestions } from './questions.ts';
import { isFailure } from './send-errors.ts';
import { ipProtocol } from './socket-protocol.ts';

/** What threads send and receive on connections, and what they learn of these by it. */
export class TcpTransfers {
  readonly #connections: Connections;
  readonly #targetOf: (tid: number) => string | null;
  readonly #questions: LastQuestions = new LastQuestions();

  constructor(connections: Connections, targetOf: (tid: number) => string | null) {
    this.#connections = connections;
    this.#targetOf = targetOf;
  }

  /** A thread has read from a connection. */
  address(record: SocketAddressRecord): void {
    const connections = this.#connections;
    const { socket, tid } = record;
    const known = connections.get(socket);
    if (known !== undefined && isOther(known, record)) connections.replace(socket);
    const connection = connections.meet(record, 'tcp');
    connections.learn(connection, record);
    connections.use(connection, tid);
    connection.isProven = true;
    this.#received(connection, record);
    connections.untold.reading(connection, record);
  }

  send(record: TransferRecord): void {
    const connections = this.#connections;
    const { socket, tid, result } = record;
    if (result === 0) return;
    if (result < 0) return this.#failedSend(record);
    // Nothing can be sent on what has ended: its address was given to a new socket.
    if (connections.get(socket)?.hasEnded === true) connections.replace(socket);
    const connection = connections.meet(record, ipProtocol(record.protocol));
    connections.use(connection, tid);
    if ((record.flags & MSG_FASTOPEN) === 0) connection.isProven = true;
    const target = this.#targetOf(tid);
    const isAsked = target !== null && this.#questions.isRecent(target, record.atNs);
    connections.untold.sent(connection, record, { bytes: result, isAsked });
  }

  receive(record: TransferRecord): void {
    const connections = this.#connections;
    const { tid, result } = record;
    if (isFailure(result)) this.#failedOpening(record);
    if (result <= 0) return;
    const connection = connections.meet(record, ipProtocol(record.protocol));
    connections.use(connection, tid);
    connection.isProven = true;
    this.#received(connection, record);
    connection.unread = null;
    if ((record.flags & MSG_PEEK) === 0) connections.untold.received(connection, record, result);
  }

  #received(connection: Connection, { atNs, tid }: { atNs: number; tid: number }): void {
    const forNs = connection.questions.received(atNs);
    const target = forNs > 0 && connection.direction === 'inbound' ? this.#targetOf(tid) : null;
    if (target !== null) this.#questions.asked(target, atNs + forNs);
  }

  #failedSend(record: TransferRecord): void {
    if (!isFailure(record.result) || this.#failedOpening(record)) return;
    const connections = this.#connections;
    const { tid, result } = record;
    const connection = connections.meet(record, ipProtocol(record.protocol));
    // What never came to be was told as an attempt already.
    if (connection.hasEnded && !connection.isProven) return;
    connections.use(connection, tid);
    connections.untold.refused(connection, record, result);
  }

  /** An error is the first that is heard of a connection after its opening: nobody answered. */
  #failedOpening({ socket, atNs, result }: TransferRecord): boolean {
    const connection = this.#connections.get(socket);
    if (connection === undefined || connection.isProven || connection.hasEnded) return false;
    if (connection.opening?.op !== 'connect') return false;
    connection.opening.error = result;
    this.#connections.end(connection, atNs);
    return true;
  }
}
