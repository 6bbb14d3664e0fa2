import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIp, isLoopback, isMulticast, isUnspecified } from '../../../../src/core/parse/ip-address.ts';
import { parseIp } from '../../../../src/core/rules/conditions/cidr.ts';

const v6 = (...groups: number[]) => new Uint8Array(groups.flatMap((group) => [group >> 8, group & 255]));

describe('formatIp', () => {
  it.each([
    [new Uint8Array([127, 0, 0, 1]), '127.0.0.1'],
    [v6(0, 0, 0, 0, 0, 0, 0, 1), '::1'],
    [v6(0, 0, 0, 0, 0, 0, 0, 0), '::'],
    [v6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), '2001:db8::1:0:0:1'],
    [v6(0xfe80, 0, 0, 0, 0, 0, 0, 0), 'fe80::'],
    [v6(1, 0, 3, 4, 5, 6, 7, 8), '1:0:3:4:5:6:7:8'],
    [v6(0, 0, 0, 0, 0, 0xffff, 0x0102, 0x0304), '1.2.3.4'],
  ])('writes %s as %s', (bytes, text) => expect(formatIp(bytes)).toBe(text));

  it('is understood by the parser of the rules, byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = formatIp(bytes);
        expect(isIP(text)).not.toBe(0);
        if (isIP(text) === 6) expect(parseIp(text)).toEqual([...bytes]);
      }),
    );
  });

  it('knows loopback and unspecified addresses', () => {
    expect(['127.0.0.1', '127.8.0.1', '::1'].every(isLoopback)).toBe(true);
    expect(['128.0.0.1', '::', '1127.0.0.1', '::2'].some(isLoopback)).toBe(false);
    expect(['0.0.0.0', '::'].every(isUnspecified)).toBe(true);
    expect(['224.0.0.1', '232.1.1.1', '239.255.255.250', 'ff02::fb'].every(isMulticast)).toBe(true);
    expect(['223.255.255.255', '240.0.0.1', '22.4.0.1', '::ff02', 'fe80::1'].some(isMulticast)).toBe(false);
  });
});
