import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Listeners } from '../../../../src/collectors/linux/listeners.ts';
import { LoopbackPeers } from '../../../../src/collectors/linux/loopback-peers.ts';
import { type SocketRecord, TCP_STATE } from '../../../../src/core/parse/socket-record.ts';
import { type ProcFolder, procFolder } from '../../../support/proc-folder.ts';
import { lookAt } from './look.ts';

const ANYBODY = { ip: '0.0.0.0', port: 0 };
const server = (inode: number): SocketRecord => ({
  protocol: 'tcp',
  state: TCP_STATE.listen,
  local: { ip: '127.0.0.1', port: 5432 },
  remote: ANYBODY,
  inode,
  traffic: null,
});
const client: SocketRecord = {
  protocol: 'tcp',
  state: TCP_STATE.established,
  local: { ip: '127.0.0.1', port: 40_000 },
  remote: { ip: '127.0.0.1', port: 5432 },
  inode: 9,
  traffic: null,
};

let proc: ProcFolder;
beforeEach(() => {
  proc = procFolder();
});
afterEach(() => proc.remove());

function holds(pid: number, comm: string, inode: number): void {
  proc.write(`${pid}/comm`, `${comm}\n`);
  proc.link(`${pid}/fd/3`, `socket:[${inode}]`);
}

describe('LoopbackPeers', () => {
  it('names another server at the same address by itself: in another namespace, or after a restart', () => {
    holds(11, 'postgres', 111);
    holds(12, 'stranger', 222);
    const peers = new LoopbackPeers(proc.procfs);
    const look = lookAt([]);
    const nameOf = (inode: number): string | null | undefined => {
      const records = [server(inode), client];
      return peers.nameRemote(client, { look, records: () => records, listeners: new Listeners(records) })
        ?.process;
    };
    expect([nameOf(111), nameOf(222), nameOf(111)]).toEqual(['postgres', 'stranger', 'postgres']);
  });
});
