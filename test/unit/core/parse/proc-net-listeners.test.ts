import { describe, expect, it } from 'vitest';
import { parseListeners } from '../../../../src/core/parse/proc-net-listeners.ts';

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 12346 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:1F91 0100007F:C351 06 00000000:00000000 03:00000B3A 00000000     0        0 0 3 0000000000000000
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 777 1 0 100 0 0 10 0
`;
const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  108: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 888 2 0000000000000000 0
  109: 0100007F:0045 0100007F:0035 01 00000000:00000000 00:00000000 00000000   101        0 889 2 0000000000000000 0
`;

describe('parseListeners', () => {
  it('takes listening TCP sockets only', () => {
    expect(parseListeners(TCP, 'tcp')).toEqual([{ port: 8080, inode: 12345, uid: 1000 }]);
    expect(parseListeners(TCP6, 'tcp')).toEqual([{ port: 22, inode: 777, uid: 0 }]);
  });

  it('takes UDP sockets that are not connected', () => {
    expect(parseListeners(UDP, 'udp')).toEqual([{ port: 68, inode: 888, uid: 101 }]);
  });

  it.each(['', 'header', 'header\n\n', 'header\n x y z\n'])('passes over %o', (text) => {
    expect(parseListeners(text, 'tcp')).toEqual([]);
  });

  it('passes over a line whose user or inode is no number', () => {
    expect(parseListeners(TCP.replace('  1000 ', '  10%0 '), 'tcp')).toEqual([]);
    expect(parseListeners(TCP.replace(' 12345 ', ' 0x39 '), 'tcp')).toEqual([]);
  });
});
