import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INODE_COLUMN, parseInodes, parseNetTable } from '../../../../src/core/parse/net-table.ts';
import { recorded } from '../../../support/proc-folder.ts';

describe('parseNetTable', () => {
  it('reads recorded IPv4 and IPv6 tables', () => {
    const tcp = parseNetTable(recorded('tcp').toString(), 'tcp');
    expect(tcp).toHaveLength(4);
    expect(tcp[0]).toEqual({
      protocol: 'tcp',
      state: 10,
      local: { ip: '127.0.0.1', port: 0xc661 },
      remote: { ip: '0.0.0.0', port: 0 },
      inode: 125850,
      traffic: null,
    });
    expect(tcp[3]?.inode).toBe(0);
    const tcp6 = parseNetTable(recorded('tcp6').toString(), 'tcp');
    expect(tcp6.map(({ local, remote }) => [local.ip, remote.ip])).toEqual([
      ['::', '::'],
      ['127.0.0.1', '127.0.0.1'],
      ['::1', '::1'],
      ['::1', '::1'],
    ]);
    expect(parseNetTable(recorded('udp').toString(), 'udp')).toMatchObject([
      { state: 1, remote: { ip: '127.0.0.1', port: 53 }, inode: 125855 },
    ]);
    expect(parseNetTable(recorded('udp6').toString(), 'udp')).toMatchObject([
      { state: 7, local: { ip: '::1', port: 0x8fcf }, remote: { port: 0 } },
    ]);
  });

  it('leaves out broken rows and never tells NaN', () => {
    const row = recorded('tcp').toString().split('\n')[1] as string;
    fc.assert(
      fc.property(fc.nat(row.length), fc.string({ maxLength: 5 }), (at, noise) => {
        for (const record of parseNetTable(row.slice(0, at) + noise + row.slice(at + noise.length), 'tcp')) {
          for (const value of [record.state, record.local.port, record.remote.port, record.inode]) {
            expect(Number.isSafeInteger(value)).toBe(true);
          }
        }
      }),
    );
  });
});

describe('parseInodes', () => {
  it('finds the inode in each kind of table', () => {
    const inodes = (file: keyof typeof INODE_COLUMN) =>
      parseInodes(recorded(file).toString(), INODE_COLUMN[file]);
    expect(inodes('unix')).toContain(125862);
    expect(inodes('netlink')).toContain(1502);
    expect(inodes('packet')).toEqual([125859]);
    expect(inodes('raw')).toEqual([125860]);
  });
});
