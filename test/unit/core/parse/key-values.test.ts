import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeyValues } from '../../../../src/core/parse/key-values.ts';
import { recorded } from '../../../support/proc-folder.ts';

describe('parseKeyValues', () => {
  it('reads /proc/PID/io, smaps_rollup, snmp6 and the files of a cgroup', () => {
    expect(parseKeyValues(recorded('io').toString()).get('rchar')).toBe(6976);
    expect(parseKeyValues(recorded('smaps_rollup').toString()).get('Pss')).toBeGreaterThan(0);
    expect(parseKeyValues(recorded('snmp6').toString()).get('Udp6OutDatagrams')).toBeGreaterThanOrEqual(0);
    expect(parseKeyValues('populated 1\nfrozen 0\n')).toEqual(
      new Map([
        ['populated', 1],
        ['frozen', 0],
      ]),
    );
  });

  it('leaves out what a double cannot hold, and what is no number', () => {
    const text = 'a 9007199254740993\nb -1\nc max\nd 1.5\ne\nf 12x\nmax 100000 5\n';
    expect(parseKeyValues(text)).toEqual(new Map([['max', 100000]]));
  });

  it('only ever tells whole numbers', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const value of parseKeyValues(text).values()) expect(Number.isSafeInteger(value)).toBe(true);
      }),
    );
  });
});
