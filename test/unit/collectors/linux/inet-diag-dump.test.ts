import { describe, expect, it } from 'vitest';
import { SocketTables } from '../../../../src/collectors/linux/socket-tables.ts';
import type { Netlink } from '../../../../src/os/netlink.ts';
import { Procfs } from '../../../../src/os/procfs.ts';

const NLMSG_DONE = 3;
const NLM_F_MULTI = 0x2;
const NLM_F_DUMP_INTR = 0x10;

/** A kernel without sockets, that breaks off its first dumps. */
function kernel(interrupted: number): { netlink: Netlink; asked: () => number } {
  let asked = 0;
  const receive = (): Uint8Array => {
    const view = new DataView(new ArrayBuffer(20));
    view.setUint32(0, 20, true);
    view.setUint16(4, NLMSG_DONE, true);
    view.setUint16(6, NLM_F_MULTI | (asked <= interrupted ? NLM_F_DUMP_INTR : 0), true);
    return new Uint8Array(view.buffer);
  };
  return { netlink: { send: () => (asked += 1), receive, close: () => {} }, asked: () => asked };
}

function read(interrupted: number): { tables: SocketTables; look: () => unknown[]; asked: () => number } {
  const { netlink, asked } = kernel(interrupted);
  const tables = new SocketTables(new Procfs(), () => netlink);
  return { tables, look: () => tables.read(tables.ownScope, process.pid, () => true), asked };
}

describe('a dump of the sockets that the kernel broke off', () => {
  it('is asked for again', () => {
    const { look, asked } = read(2);
    expect(look()).toEqual([]);
    expect(asked()).toBe(6);
  });

  it('is a failure of the look after three times, and the next look asks again', () => {
    const { look, asked } = read(3);
    expect(look).toThrow('interrupted');
    expect(look()).toEqual([]);
    expect(asked()).toBe(7);
  });
});
