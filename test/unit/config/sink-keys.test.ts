import { expect, it } from 'vitest';
import type { PlacedSink } from '../../../src/config/alerts.ts';
import { sinkKeys } from '../../../src/config/sink-keys.ts';

const hook = (url: string): PlacedSink => ({ sink: { type: 'webhook', url }, secretAt: null });

it('tells sinks from each other by what is written, whatever their order', () => {
  const [a = '', b = '', again = ''] = sinkKeys([hook('${A}'), hook('${B}'), hook('${A}')]);
  expect(new Set([a, b, again]).size).toBe(3);
  expect(sinkKeys([hook('${B}'), hook('${A}')])).toEqual([b, a]);
  expect(again).toBe(`${a} 2`);
});

it('holds nothing of an address', () => {
  expect(sinkKeys([hook('https://example.com/s3cret')]).join()).toMatch(/^webhook [0-9a-f]{16}$/);
});
