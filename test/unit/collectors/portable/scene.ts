import type { ConnectionRow } from '../../../../src/core/parse/portable-connection.ts';
import type { Libraries, ListedProcess, Usage } from '../../../../src/collectors/portable/libraries.ts';
import { PortableReader } from '../../../../src/collectors/portable/reader.ts';
import type { Look } from '../../../../src/model/collector.ts';
import type { WatchedProcess } from '../../../../src/model/process.ts';

const OWN_PORT = 50_123;

export const ownRow: ConnectionRow = {
  protocol: 'tcp',
  localAddress: '127.0.0.1',
  localPort: String(OWN_PORT),
  peerAddress: '0.0.0.0',
  peerPort: '*',
  state: 'LISTEN',
  pid: process.pid,
  process: 'node',
};

/** What the libraries answer, to be changed from look to look; with the watchdog itself in it, as on a real host. */
export class Host {
  nowMs = 1_000_000;
  usage: Map<number, Usage> = new Map([[process.pid, { cpuMs: 10, rssBytes: 1, ageMs: 1_000 }]]);
  processes: ListedProcess[] = [{ pid: process.pid, name: 'node', state: 'running' }];
  connections: ConnectionRow[] = [ownRow];
  /** Awaited by each list of connections. */
  delay: () => Promise<void> = async () => {};
  count: number | null = null;
  tickMs = 1_000;

  readonly reader: PortableReader;
  #previousMs: number | null = null;

  constructor(libraries: Partial<Libraries> = {}, tickMs = 1_000) {
    this.tickMs = tickMs;
    this.reader = new PortableReader({
      libraries: {
        usage: async () => this.usage,
        processes: async () => this.processes,
        connections: async () => {
          await this.delay();
          return this.connections;
        },
        ...libraries,
      },
      clock: { nowMs: () => this.nowMs },
      ownPort: { port: OWN_PORT, close: () => {} },
      tickMs,
      countProcesses: () => this.count,
    });
  }

  /** Takes a reading; returns the look that it is for. */
  async look(processes: readonly WatchedProcess[], over: Partial<Look> = {}): Promise<Look> {
    const nowMs = await this.reader.take(processes);
    const previousMs = this.#previousMs;
    this.#previousMs = nowMs;
    const moved = new Set(processes.map(({ id }) => id));
    return { nowMs, previousMs, full: false, processes, moved, started: [], ended: [], ...over };
  }
}
