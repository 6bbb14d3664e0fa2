import { isUnspecified } from '../../core/parse/ip-address.ts';
import { type SocketEnd, type SocketRecord, TCP_STATE } from '../../core/parse/socket-record.ts';

/** Who listens in one network namespace. */
export class Listeners {
  readonly #byPort: Map<number, SocketRecord[]> = new Map();

  constructor(records: readonly SocketRecord[]) {
    for (const record of records) {
      if (record.protocol !== 'tcp' || record.state !== TCP_STATE.listen) continue;
      const alike = this.#byPort.get(record.local.port) ?? [];
      this.#byPort.set(record.local.port, alike);
      alike.push(record);
    }
  }

  /** The socket that takes connections to this address and port; null where nobody does. */
  at({ ip, port }: SocketEnd): SocketRecord | null {
    const listening = this.#byPort.get(port) ?? [];
    return listening.find(({ local }) => local.ip === ip || isUnspecified(local.ip)) ?? null;
  }
}
