import { isUnspecified } from '../../core/parse/ip-address.ts';
import type { SocketEnd, SocketProtocol, SocketRecord } from '../../core/parse/socket-record.ts';

/** The sockets of one namespace that somebody holds, by their ends. */
export class SocketIndex {
  readonly #byEnds: Map<string, SocketRecord> = new Map();
  /** UDP sockets that are open to anybody, by port. */
  readonly #open: Map<number, SocketRecord[]> = new Map();

  constructor(records: readonly SocketRecord[]) {
    for (const record of records) {
      const { inode, protocol, local, remote } = record;
      if (inode === 0) continue;
      const ends = written(protocol, local, remote);
      if (!this.#byEnds.has(ends)) this.#byEnds.set(ends, record);
      if (protocol !== 'udp' || remote.port !== 0) continue;
      const alike = this.#open.get(local.port) ?? [];
      this.#open.set(local.port, alike);
      alike.push(record);
    }
  }

  /** The socket at the other end of this one. */
  peerOf({ protocol, local, remote }: SocketRecord): SocketRecord | undefined {
    return this.#byEnds.get(written(protocol, remote, local));
  }

  /** A UDP socket that is open to anybody who writes to this end. */
  takerAt({ ip, port }: SocketEnd): SocketRecord | undefined {
    return this.#open.get(port)?.find(({ local }) => local.ip === ip || isUnspecified(local.ip));
  }
}

function written(protocol: SocketProtocol, local: SocketEnd, remote: SocketEnd): string {
  return `${protocol} ${local.ip} ${local.port} ${remote.ip} ${remote.port}`;
}
