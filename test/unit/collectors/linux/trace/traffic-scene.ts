import type { Connection } from '../../../../../src/collectors/linux/connection-book.ts';
import type { Withhold } from '../../../../../src/collectors/linux/sockets.ts';
import type { KnownSocket } from '../../../../../src/collectors/linux/trace/flow.ts';
import { Lives } from '../../../../../src/collectors/linux/trace/lives.ts';
import { TracedProcesses } from '../../../../../src/collectors/linux/trace/traced-processes.ts';
import { Traffic } from '../../../../../src/collectors/linux/trace/traffic.ts';
import type { NetworkActivity, RemoteEnd } from '../../../../../src/model/activity.ts';
import { WATCHDOG } from '../../../../../src/model/control.ts';
import type { WatchedProcess } from '../../../../../src/model/process.ts';
import type { SocketAddress } from '../../../../../src/model/kernel-record.ts';
import { someProcess } from '../../../../support/proc-folder.ts';
import { lookAt } from '../look.ts';
import { recorded, TID, us } from './recorded.ts';

const toMs = (ns: number): number => (ns - 1e12) / 1e6;

/** What the socket tables show; the real ones belong to processes that hold such sockets. */
class Tables {
  shown: KnownSocket[] = [];
  isOpen = false;
  listening: { network: string; port: number }[] = [];
  tell: Withhold = (sampled) => sampled;

  connections(): Connection[] {
    return this.shown as Connection[];
  }
  isOpenToAnybody(): boolean {
    return this.isOpen;
  }
  isListenedOn({ port }: SocketAddress, network: string | null): boolean {
    return this.listening.some((one) => one.port === port && (network ?? one.network) === one.network);
  }
  nameRemote(_: unknown, __: unknown, { remote }: { remote: SocketAddress }): RemoteEnd {
    return { ...remote, process: 'peer', target: null };
  }
  withhold(withhold: Withhold): void {
    this.tell = withhold;
  }
}

export const app: WatchedProcess = someProcess(TID, { id: 1, name: 'app', networkScope: 'network:1' });
const watchdog = someProcess(900, { id: 0, target: WATCHDOG, networkScope: null });

/** Tables, and what is followed, of one process `app`. */
export interface Scene {
  tables: Tables;
  lives: Lives;
  /** Plays a recording, then looks: each activity in one line. */
  look: (recording: string, over?: { full?: boolean; atUs?: number }) => string[];
  traffic: Traffic;
}

export function scene(shown: readonly KnownSocket[] = []): Scene {
  const tables = new Tables();
  tables.shown = [...shown];
  const lives = new Lives();
  lives.adopt(app, [TID, TID + 1]);
  lives.adopt(watchdog, [900]);
  const processes = new TracedProcesses(() => null, toMs, {
    startTicksOf: () => null,
    cmdlineOf: () => null,
    pathOf: (_, { filename }) => filename,
  });
  const threadName = (tid: number): string => `thread-${tid}`;
  const traffic = new Traffic({ sockets: tables, lives, processes, toMs, threadName });
  traffic.start(lookAt([app]));
  let nowUs = 0;
  return {
    tables,
    lives,
    traffic,
    look(recording, { full = false, atUs = (nowUs += 1e6) } = {}) {
      for (const record of recorded(recording)) {
        lives.record(record);
        traffic.record(record);
      }
      return traffic.take(lookAt([app], { full }), us(atUs)).map(brief);
    },
  };
}

function brief(one: NetworkActivity): string {
  const { op, direction, protocol, localPort, remote, bytesSent, collector } = one;
  const where = remote === null ? '?' : `${remote.ip}:${remote.port}`;
  return `${collector} ${op} ${direction} ${protocol} ${localPort ?? '?'} -> ${where} ${bytesSent}`;
}

export const socket = (localPort: number, ip: string, over: Partial<KnownSocket> = {}): KnownSocket => ({
  protocol: 'tcp',
  local: { ip: '10.0.0.1', port: localPort },
  remote: { ip, port: 443 },
  direction: 'outbound',
  ...over,
});

/** What the tables tell of a socket. */
export const sampled = (
  { local, remote, direction, protocol }: KnownSocket,
  over: Partial<NetworkActivity> = {},
): NetworkActivity => ({
  kind: 'network',
  op: 'send',
  atMs: 0,
  target: 'app',
  collector: 'sockets',
  processId: 1,
  thread: null,
  direction,
  protocol,
  remote: remote === null ? null : { ...remote, process: null, target: null },
  localPort: local.port,
  bytesSent: 5,
  bytesReceived: null,
  lifetimeSeconds: null,
  ...over,
});

export const send = (atUs: number, name: string, bytes: number, tid: number = TID): string =>
  `${atUs} ${tid} . send ${name} fam2 proto6 ret=${bytes} flags=0x0`;
