import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTellable, toldUnit } from '../../../../src/core/parse/told-unit.ts';

describe('the unit of a number that a command told', () => {
  it.each([
    ['ms', 'run.seconds', 1e-3],
    ['ns/iter', 'run.seconds', 1e-9],
    ['B', 'run.bytes', 1],
    ['bytes', 'run.bytes', 1],
    ['kB', 'run.bytes', 1e3],
    ['KB', 'run.bytes', 1e3],
    ['MB', 'run.bytes', 1e6],
    ['MiB', 'run.bytes', 1024 ** 2],
    ['Mb', 'run.bytes', 125_000],
    ['Kb', 'run.bytes', 125],
    ['Gib', 'run.bytes', 1024 ** 3 / 8],
    ['Mbit', 'run.bytes', 125_000],
    ['mbit', 'run.bytes', 125_000],
    ['bits', 'run.bytes', 1 / 8],
    ['B/op', 'run.bytes', 1],
    ['MB/s', 'run.rate', 1e6],
    ['Mb/s', 'run.rate', 125_000],
    ['kbit/s', 'run.rate', 125],
    ['kbps', 'run.rate', 125],
    ['Mbps', 'run.rate', 125_000],
    ['MBps', 'run.rate', 1e6],
    ['bps', 'run.rate', 1 / 8],
    ['ops/sec', 'run.rate', 1],
    ['%', 'run.percent', 1],
    ['', 'run.count', 1],
    ['allocs/op', 'run.count', 1],
    ['rabbits', 'run.count', 1],
  ])('«%s» is %s', (unit, name, scale) => {
    expect(toldUnit(unit)).toEqual({ name, scale });
  });

  it.each([
    ['mb', 'Mbit or MB'],
    ['kb', 'kbit or kB'],
    ['b', 'bit or B'],
    ['gib', 'Gibit or GiB'],
    ['mb/s', 'Mbit or MB'],
    ['kb/op', 'kbit or kB'],
  ])('«%s» is anybody’s guess, and refused', (unit, instead) => {
    expect(toldUnit(unit)).toMatchObject({ problem: expect.stringContaining(instead) as string });
  });

  it('makes eight bits a byte, whatever the prefix', () => {
    const prefix = fc.constantFrom('', 'k', 'K', 'M', 'G', 'Ki', 'Mi', 'Gi');
    fc.assert(
      fc.property(prefix, fc.constantFrom('', '/s', '/op'), (given, per) => {
        const [bits, bytes] = [toldUnit(`${given}bit${per}`), toldUnit(`${given}B${per}`)];
        if ('problem' in bits || 'problem' in bytes) throw new Error(`${given}bit${per}`);
        expect(bits).toEqual({ name: bytes.name, scale: bytes.scale / 8 });
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (unit) => void toldUnit(unit)));
  });

  it.each([
    ['ms', false],
    ['MB', false],
    ['ops/s', false],
    ['%', true],
    ['', true],
  ])('leaves a number in «%s» below 0: %s', (unit, can) => {
    const told = toldUnit(unit);
    if ('problem' in told) throw new Error(told.problem);
    expect(isTellable(told, -1)).toBe(can);
    expect(isTellable(told, 0)).toBe(true);
  });
});
