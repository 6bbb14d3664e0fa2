import { describe, expect, it } from 'vitest';
import { describeReady, parseReady } from '../../../../src/core/parse/ready.ts';
import { refuser } from '../../../../src/errors/refuse.ts';

const refuse = refuser('check');

describe('parseReady', () => {
  it.each([
    ['port:8000', { by: 'port', port: 8000 }],
    ['http://127.0.0.1:8000/health', { by: 'http', url: 'http://127.0.0.1:8000/health' }],
    ['log:^ready: (now|soon)$', { by: 'log', pattern: '^ready: (now|soon)$' }],
    ['file:/run/a b.sock', { by: 'file', path: '/run/a b.sock' }],
    ['3s', { by: 'duration', durationMs: 3000 }],
    ['1.5s', { by: 'duration', durationMs: 1500 }],
    ['250ms', { by: 'duration', durationMs: 250 }],
    ['2m', { by: 'duration', durationMs: 120_000 }],
  ])('%s', (text, expected) => expect(parseReady(text, refuse)).toEqual(expected));

  it.each(['', '3', 's', 'port:', 'port:0', 'port:x', 'log:', 'log:(', 'file:', 'http://', 'prot:80', '-3s'])(
    '%o is an error',
    (text) => expect(() => parseReady(text, refuse)).toThrow('--ready: '),
  );
});

describe('describeReady', () => {
  it.each([
    ['port:80', 'port 80 to be open'],
    ['log:a', 'a line of its output to match /a/'],
    ['3s', '3 s to pass'],
  ])('%s', (text, words) => expect(describeReady(parseReady(text, refuse))).toBe(words));
});
