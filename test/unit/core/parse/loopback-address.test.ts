import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLoopbackAddress } from '../../../../src/core/parse/loopback-address.ts';

describe('parseLoopbackAddress', () => {
  it.each([
    ['127.0.0.1:9477', { host: '127.0.0.1', port: 9477 }],
    ['127.1.2.3:1', { host: '127.1.2.3', port: 1 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
    ['localhost:80', { host: '127.0.0.1', port: 80 }],
  ])('%s', (text, address) => expect(parseLoopbackAddress(text)).toEqual(address));

  it.each([
    ['0.0.0.0:9477', /0\.0\.0\.0 is not a loopback/],
    ['192.168.1.5:9477', /not a loopback/],
    ['[::]:9477', /not the loopback/],
    ['[::ffff:127.0.0.1]:9477', /not the loopback/],
    ['127.0.0.1.evil.example:80', /not a loopback/],
    ['127.0.0.256:80', /not a loopback/],
    ['127.0.1:80', /not a loopback/],
    ['example.org:80', /not a loopback/],
    [':9477', /not an address and a port/],
    ['9477', /not an address and a port/],
    ['127.0.0.1', /not an address and a port/],
    ['127.0.0.1:0', /from 1 to 65535/],
    ['127.0.0.1:65536', /from 1 to 65535/],
    ['::1:80', /not an address and a port/],
  ])('%s is a problem', (text, problem) => {
    expect(parseLoopbackAddress(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('never takes an address that others could reach', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.domain(), fc.string()), fc.nat(70_000), (host, port) => {
        const parsed = parseLoopbackAddress(`${host}:${port}`);
        if (!('problem' in parsed)) expect(parsed.host).toMatch(/^127\.\d+\.\d+\.\d+$/);
      }),
    );
  });
});
