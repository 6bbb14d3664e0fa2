import { expect, it } from 'vitest';
import { parseProcLocks } from '../../../../src/core/parse/proc-locks.ts';

it('reads held locks, and leaves out those that wait', () => {
  const text = `1: POSIX  ADVISORY  WRITE 3568 fd:00:2531452 1073741825 1073741825
1: -> POSIX  ADVISORY  WRITE 3569 fd:00:2531452 1073741825 1073741825
2: FLOCK  ADVISORY  WRITE 3517 fd:00:2531448 0 EOF
3: OFDLCK ADVISORY  READ -1 00:2f:77 120 127
`;
  expect(parseProcLocks(text)).toEqual([
    { kind: 'POSIX', write: true, pid: 3568, inode: 2531452, fromByte: 1073741825, toByte: 1073741825 },
    { kind: 'FLOCK', write: true, pid: 3517, inode: 2531448, fromByte: 0, toByte: Number.POSITIVE_INFINITY },
    { kind: 'OFDLCK', write: false, pid: -1, inode: 77, fromByte: 120, toByte: 127 },
  ]);
  expect(parseProcLocks('')).toEqual([]);
});
