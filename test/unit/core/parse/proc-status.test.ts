import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProcStatus } from '../../../../src/core/parse/proc-status.ts';
import { recorded } from '../../../support/proc-folder.ts';

describe('parseProcStatus', () => {
  it('reads a recorded file', () => {
    expect(parseProcStatus(recorded('status').toString())).toEqual({
      state: 'S',
      rssBytes: 1812 * 1024,
      peakRssBytes: 1812 * 1024,
      hugetlbBytes: 0,
      voluntarySwitches: 1,
      ignoresChildExit: false,
    });
  });

  it('knows an ignored SIGCHLD, and only that signal', () => {
    const withMask = (mask: string) => parseProcStatus(`State:\tS\nSigIgn:\t${mask}\n`).ignoresChildExit;
    expect(withMask('0000000000010000')).toBe(true);
    expect(withMask('ffffffffffffffff')).toBe(true);
    expect(withMask('fffffffffffeffff')).toBe(false);
    expect(withMask('zz')).toBe(false);
  });

  it('does not make a number of what is not there', () => {
    const status = parseProcStatus('Name:\tkworker\nState:\tI (idle)\nVmRSS:\t12 MB\n');
    expect(status).toMatchObject({ state: 'I', rssBytes: null, peakRssBytes: null, voluntarySwitches: null });
  });

  it('is not fooled by a name that looks like another line', () => {
    const text = 'Name:\tVmRSS:\t1 kB\nState:\tT (stopped)\nVmRSS:\t     2 kB\n';
    expect(parseProcStatus(text)).toMatchObject({ state: 'T', rssBytes: 2048 });
  });

  it('throws a plain error, and never tells NaN', () => {
    const line = fc.tuple(
      fc.constantFrom('State', 'VmRSS', 'VmHWM', 'SigIgn', 'voluntary_ctxt_switches'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          const status = parseProcStatus(lines.map(([key, value]) => `${key}:${value}`).join('\n'));
          for (const value of Object.values(status)) expect(value).not.toBeNaN();
        } catch (error) {
          expect((error as Error).message).toBe('not a /proc/PID/status');
        }
      }),
    );
  });
});
