import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryKeeper } from '../../../src/os/memory.ts';
import { loadNative } from '../../../src/os/native.ts';

const rssBytes = (): number =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

/** A process that has done nothing but start: how much of Node's own code it has in memory, before and after. */
const RELEASE_CODE = `
const { readFileSync } = await import('node:fs');
const { parseCodeMappings } = await import(${built('core/parse/smaps.js')});
const { MemoryKeeper } = await import(${built('os/memory.js')});
function residentCodeBytes() {
  const mappings = parseCodeMappings(readFileSync('/proc/self/smaps', 'utf8'));
  return mappings.filter(({ path }) => path === process.execPath).reduce((sum, { rssBytes }) => sum + rssBytes, 0);
}
const keeper = new MemoryKeeper(0);
const before = residentCodeBytes();
const gaveBack = keeper.giveBack();
console.log(JSON.stringify({ before, gaveBack, after: residentCodeBytes() }));`;

function built(module: string): string {
  return JSON.stringify(new URL(`../../../dist/${module}`, import.meta.url).href);
}

/** Some hundred thousand objects that live long enough to be old, and are let go of. */
function leaveGarbage(): void {
  let chain: { next: object | null } = { next: null };
  for (let nth = 0; nth < 1_000_000; nth += 1) chain = { next: chain };
}

const hasNative = loadNative() !== null;
if (!hasNative) console.log('skipped: the C library cannot be called, for koffi could not be loaded');

describe('MemoryKeeper', () => {
  it('collects what a piece of work has left on the heap, and not again for nothing', () => {
    const keeper = new MemoryKeeper(4_000_000);
    leaveGarbage();
    const before = process.memoryUsage().heapUsed;
    expect(keeper.giveBack()).toBe(true);
    expect(before - process.memoryUsage().heapUsed).toBeGreaterThan(10_000_000);
    expect(keeper.giveBack()).toBe(false);
    leaveGarbage();
    expect(keeper.giveBack()).toBe(true);
  });

  it.skipIf(!hasNative)(
    'gives back what is free between two pieces that are in use, which the C library would keep',
    () => {
      const keeper = new MemoryKeeper(4_000_000);
      keeper.giveBack();
      // Too small for mappings of their own; some in use keep the C library from giving back the rest.
      let pieces = Array.from({ length: 20_000 }, () => Buffer.allocUnsafeSlow(4_096).fill(1));
      const whileUsed = rssBytes();
      pieces = pieces.filter((_, nth) => nth % 64 === 0);
      expect(keeper.giveBack()).toBe(true);
      expect(whileUsed - rssBytes()).toBeGreaterThan(40_000_000);
      expect(pieces).toHaveLength(313);
    },
  );

  it.skipIf(!hasNative)('lets go of code that only loading has executed, and goes on', () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', RELEASE_CODE]);
    const { before, gaveBack, after } = JSON.parse(stdout.toString());
    expect(gaveBack).toBe(true);
    expect(before - after).toBeGreaterThan(before / 4);
  });
});
