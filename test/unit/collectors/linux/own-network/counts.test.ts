import { describe, expect, it } from 'vitest';
import { readOwnCounts } from '../../../../../src/collectors/linux/own-network/counts.ts';
import type { NamespaceFile } from '../../../../../src/os/kept-namespace.ts';
import { recorded } from '../../../../support/proc-folder.ts';

const FILES: Partial<Record<NamespaceFile, string>> = {
  snmp: recorded('snmp').toString(),
  snmp6: recorded('snmp6').toString(),
  netstat: recorded('netstat').toString(),
};
const read = (files: typeof FILES) => (file: NamespaceFile) => files[file] ?? '';

describe('readOwnCounts', () => {
  it('reads recorded files, IPv4 and IPv6 together', () => {
    const both = readOwnCounts(read(FILES));
    const four = readOwnCounts(read({ ...FILES, snmp6: '' }));
    expect(both.opened).toBeGreaterThan(0);
    expect(both.datagrams).toBeGreaterThanOrEqual(four.datagrams);
  });

  it.each(['ActiveOpens', 'OutDatagrams', 'TCPOrigDataSent', 'Udp6OutDatagrams'])(
    'never takes %s for 0 when it is not told',
    (name) => {
      const without = Object.fromEntries(
        Object.entries(FILES).map(([file, text]) => [file, text.replaceAll(name, 'Other')]),
      );
      expect(() => readOwnCounts(read(without))).toThrow(name);
    },
  );
});
