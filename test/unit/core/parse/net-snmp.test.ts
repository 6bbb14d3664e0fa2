import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetSnmp } from '../../../../src/core/parse/net-snmp.ts';
import { recorded } from '../../../support/proc-folder.ts';

describe('parseNetSnmp', () => {
  it('reads recorded files', () => {
    const snmp = parseNetSnmp(recorded('snmp').toString());
    for (const name of [
      'Tcp.ActiveOpens',
      'Tcp.PassiveOpens',
      'Udp.OutDatagrams',
      'Icmp.OutMsgs',
      'Ip.OutNoRoutes',
    ]) {
      expect(snmp.get(name)).toBeGreaterThanOrEqual(0);
    }
    const netstat = parseNetSnmp(recorded('netstat').toString());
    expect(netstat.get('TcpExt.TCPKeepAlive')).toBeGreaterThanOrEqual(0);
  });

  it('leaves out a group whose lines do not fit, and negative numbers', () => {
    const text = 'Tcp: RtoMax MaxConn Opens\nTcp: 1 -1 3\nUdp: A B\nUdp: 1\nIp: A\nIcmp: 2\n';
    expect(parseNetSnmp(text)).toEqual(
      new Map([
        ['Tcp.RtoMax', 1],
        ['Tcp.Opens', 3],
      ]),
    );
  });

  it('only ever tells whole numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Tcp: A B', 'Tcp: 1 x', 'Tcp: 9e99 2', 'Udp:', '', 'Udp: 1')),
        (lines) => {
          for (const value of parseNetSnmp(lines.join('\n')).values())
            expect(Number.isSafeInteger(value)).toBe(true);
        },
      ),
    );
  });
});
