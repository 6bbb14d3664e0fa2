import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byWhom, rate, spellCall, spellTimeout } from '../../../../src/core/rules/wake-words.ts';
import { EARLIER_CALL, type WokenBy } from '../../../../src/model/wake.ts';

const ALL = { sampledShare: 1, atLeast: false };

describe('who woke it', () => {
  it.each<[WokenBy, string | null, string]>([
    ['timer', null, 'by timer'],
    ['interrupt', null, 'by interrupt'],
    ['mixed', 'sshd', 'for several reasons'],
    ['packet', null, 'by packets'],
    ['packet', 'curl', 'by packets, probably from curl'],
    ['signal', null, 'by signals'],
    ['signal', 'bash', 'by signals from bash'],
    ['thread', null, 'by another thread'],
    ['thread', 'pool-1', 'by thread pool-1'],
    ['process', null, 'by another process'],
    ['process', 'sshd', 'by process sshd'],
  ])('%s %s', (wokenBy, waker, words) => {
    expect(byWhom({ wokenBy, waker, call: 'epoll_wait' })).toBe(words);
  });

  it('does not take a disk for packets, nor who ran then for their sender', () => {
    expect(byWhom({ wokenBy: 'packet', waker: 'curl', call: null })).toBe('by packets or a disk');
  });

  it('does not let a name rule the terminal', () => {
    const words = byWhom({ wokenBy: 'process', waker: '\u001b[31mroot\n\u202e', call: null });
    for (const char of ['\u001b', '\n', '\u202e']) expect(words).not.toContain(char);
  });
});

describe('how often', () => {
  it.each([
    [600.4, '600'],
    [9.87, '9.9'],
    [0.0123, '0.012'],
    [12_000, '12,000'],
  ])('%d', (perMinute, words) => {
    expect(rate(perMinute, ALL)).toBe(words);
  });

  it('is never said to be none where there was one', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (perMinute) => {
        expect(Number(rate(perMinute, ALL).replaceAll(',', ''))).toBeGreaterThan(0);
      }),
    );
  });

  it('says that it is an estimate of a sample, and a bound where records were lost', () => {
    expect(rate(600, { sampledShare: 0.99, atLeast: false })).toBe('about 600');
    expect(rate(600, { sampledShare: 1, atLeast: true })).toBe('at least 600');
  });
});

describe('what it slept in', () => {
  it('has words where the call has no name', () => {
    expect(['poll', null, EARLIER_CALL].map(spellCall)).toEqual([
      'poll',
      'an unknown call',
      'a call that began before the recording',
    ]);
  });

  it('is exact where the thread asked for it', () => {
    expect(spellTimeout(1001, 'asked')).toBe('1.001 s');
    expect(spellTimeout(1001, 'measured')).toBe('about 1 s');
  });
});
